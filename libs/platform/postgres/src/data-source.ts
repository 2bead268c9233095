import { DataSource } from 'typeorm';
import type { EntitySchema, MigrationInterface } from 'typeorm';

export interface PostgresOptions {
  readonly url: string;
  /** The service's own schema: it is made, and everything unqualified is in it. */
  readonly schema: string;
  readonly entities: readonly (EntityClass | EntitySchema)[];
  /** In order; each class's name ends in its millisecond timestamp. */
  readonly migrations: readonly (new () => MigrationInterface)[];
  /** Connections at most; 10 where it isn't given. */
  readonly poolSize?: number;
  /** Bounds getting a connection; 2,000 ms where it isn't given. */
  readonly connectTimeoutMs?: number;
  /** Bounds each statement, on the server and here; 5,000 ms where it isn't given. */
  readonly statementTimeoutMs?: number;
}

type EntityClass = new () => object;

/** How long the answer to a statement may be late after the server should have given it up. */
const ANSWER_LATENESS_MS = 1_000;

/** TypeORM's connection as the platform wants it: nothing is synchronised, found by pattern, or waits for ever. */
export const createDataSource = ({
  url,
  schema,
  entities,
  migrations,
  poolSize = 10,
  connectTimeoutMs = 2_000,
  statementTimeoutMs = 5_000,
}: PostgresOptions): DataSource => {
  if (!/^[a-z_][a-z0-9_]{0,62}$/.test(schema)) throw new Error(`${schema} can't be a schema's name`);
  return new DataSource({
    type: 'postgres',
    url,
    schema,
    entities: [...entities],
    migrations: [...migrations],
    migrationsTableName: 'migrations',
    migrationsTransactionMode: 'each',
    synchronize: false,
    logging: false,
    poolSize,
    connectTimeoutMS: connectTimeoutMs,
    applicationName: `claw-${schema}`,
    // A connection that breaks while idle is replaced by the pool; the next statement tells where that fails too.
    poolErrorHandler: () => undefined,
    extra: {
      options: `-c search_path=${schema}`,
      statement_timeout: statementTimeoutMs,
      query_timeout: statementTimeoutMs + ANSWER_LATENESS_MS,
      idle_in_transaction_session_timeout: 2 * statementTimeoutMs,
      keepAlive: true,
    },
  });
};
