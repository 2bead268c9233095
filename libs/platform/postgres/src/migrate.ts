import { createHash } from 'node:crypto';
import type { DataSource } from 'typeorm';

/**
 * Makes the schema and runs the migrations that are missing, one process at a time: replicas that start together
 * wait for each other on an advisory lock, at most as long as a statement may take.
 */
export const migrate = async (dataSource: DataSource, schema: string): Promise<void> => {
  const runner = dataSource.createQueryRunner();
  const lock = lockOf(schema);
  try {
    await runner.query('SELECT pg_advisory_lock($1)', [lock]);
    try {
      await runner.query(`CREATE SCHEMA IF NOT EXISTS "${schema}"`);
      await dataSource.runMigrations();
    } finally {
      await runner.query('SELECT pg_advisory_unlock($1)', [lock]);
    }
  } finally {
    await runner.release();
  }
};

/** A lock number that is the schema's own. */
const lockOf = (schema: string): string =>
  createHash('sha256').update(`claw migrations ${schema}`).digest().readBigInt64BE().toString();
