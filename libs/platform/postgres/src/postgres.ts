import { setTimeout as pauseFor } from 'node:timers/promises';
import { Unavailable, backoffMs, withDeadline } from '@claw/kernel';
import type { DataSource, EntityManager, QueryRunner } from 'typeorm';
import { createDataSource } from './data-source';
import type { PostgresOptions } from './data-source';
import { migrate } from './migrate';
import { POSTGRES, isRetryable, translateError } from './postgres-errors';

/** Where connecting is spoken of; a pino logger fits. */
export interface PostgresLogger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

const LONGEST_PAUSE_MS = 5_000;
const MAX_TRIES = 3;

/**
 * A service's own schema in Postgres. Starting doesn't wait for the database: it is reached, and migrated, in the
 * background, again and again until it succeeds. Until then, and whenever it is away, work is refused at once with
 * `Unavailable`.
 */
export class Postgres {
  private readonly stopping = new AbortController();
  private readonly dataSource: DataSource;
  private opening: Promise<void> | undefined;
  private open = false;

  constructor(
    private readonly options: PostgresOptions,
    private readonly logger: PostgresLogger,
  ) {
    this.dataSource = createDataSource(options);
  }

  /** Begins to connect and migrate; returns at once. Repeating is harmless. */
  start(): void {
    this.opening ??= this.openUntilDone();
  }

  /** Resolves once it is connected and migrated; for tests and tools, a service doesn't wait. */
  async opened(deadlineMs: number): Promise<void> {
    this.start();
    await withDeadline('opening postgres', deadlineMs, this.opening ?? Promise.resolve());
  }

  /** Resolves where the database answers and is migrated, else throws `Unavailable`. */
  async ping(): Promise<void> {
    await this.run((manager) => manager.query('SELECT 1'));
  }

  /**
   * Work outside a transaction: each statement stands for itself. Connection trouble and timeouts come out as
   * `Unavailable`, all else as TypeORM throws it.
   */
  async run<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    return this.withRunner(async (runner) => {
      try {
        return await work(runner.manager);
      } catch (error) {
        throw translateError(error, true);
      }
    });
  }

  /**
   * Work that happens wholly or not at all. Run again, at most thrice, where another transaction got in its way, so it
   * must not act on anything else. `Unavailable` says with `outcomeUnknown` that the commit's answer was lost.
   */
  async transaction<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.withRunner((runner) => inTransaction(runner, work));
      } catch (error) {
        if (!isRetryable(error) || attempt === MAX_TRIES) throw error;
        await pauseFor(backoffMs(attempt, 10));
      }
    }
  }

  /** Gives up connecting, waits for work under way and closes the pool. */
  async close(): Promise<void> {
    this.stopping.abort();
    this.open = false;
    await this.opening;
    if (this.dataSource.isInitialized) await this.dataSource.destroy();
  }

  private async withRunner<T>(work: (runner: QueryRunner) => Promise<T>): Promise<T> {
    if (!this.open) throw new Unavailable(POSTGRES);
    const runner = this.dataSource.createQueryRunner();
    try {
      await runner.connect().catch((error: unknown) => {
        throw translateError(error, false);
      });
      return await work(runner);
    } finally {
      await runner.release();
    }
  }

  private async openUntilDone(): Promise<void> {
    const { signal } = this.stopping;
    for (let attempt = 1; !signal.aborted; attempt += 1) {
      try {
        if (!this.dataSource.isInitialized) await this.dataSource.initialize();
        await migrate(this.dataSource, this.options.schema);
        this.open = !signal.aborted;
        this.logger.info({ schema: this.options.schema }, 'postgres is there and migrated');
        return;
      } catch (error) {
        this.logger.warn({ err: error, attempt }, 'postgres is not there yet; it is tried again');
        await pauseFor(backoffMs(attempt, 100, LONGEST_PAUSE_MS), undefined, { signal }).catch(
          () => undefined,
        );
      }
    }
  }
}

const inTransaction = async <T>(
  runner: QueryRunner,
  work: (manager: EntityManager) => Promise<T>,
): Promise<T> => {
  let result: T;
  try {
    await runner.startTransaction();
    result = await work(runner.manager);
  } catch (error) {
    // Where the connection is gone the server has rolled back by itself.
    await runner.rollbackTransaction().catch(() => undefined);
    throw translateError(error, false);
  }
  try {
    await runner.commitTransaction();
    return result;
  } catch (error) {
    await runner.rollbackTransaction().catch(() => undefined);
    throw translateError(error, true);
  }
};
