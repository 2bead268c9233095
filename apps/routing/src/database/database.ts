import { Postgres, type Sql } from '@claw/postgres';
import { Gate } from './gate';

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
