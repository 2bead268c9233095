import { Postgres } from '@claw/postgres';
import type { EntityManager } from 'typeorm';
import { Gate } from './gate';

/** Rows as the driver gives them; each query names the shape it selects. */
export type Sql = Pick<EntityManager, 'query'>;

/**
 * The service's Postgres behind a gate as wide as its pool: work waits here for its turn rather than in the pool,
 * where waiting ends in a refusal.
 */
export class Database {
  private readonly gate: Gate;

  constructor(
    readonly postgres: Postgres,
    poolSize: number,
  ) {
    this.gate = new Gate(poolSize);
  }

  run<T>(work: (sql: Sql) => Promise<T>): Promise<T> {
    return this.gate.run(() => this.postgres.run(work));
  }

  /** All or nothing. May run more than once, so what `work` does outside of Postgres must bear repeating. */
  transaction<T>(work: (sql: Sql) => Promise<T>): Promise<T> {
    return this.gate.run(() => this.postgres.transaction(work));
  }
}
