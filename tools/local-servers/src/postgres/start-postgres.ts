import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import type { ServerProcess } from '../process/server-process';
import { ServerStartFailed } from '../process/server-start-failed';
import { startServer } from '../process/start-server';
import type { ProcessOptions, ServerCommand } from '../process/start-server';
import { withFreePorts } from '../process/with-free-ports';
import { clusterPassword, initialiseCluster } from './initialise-cluster';
import { findPostgresBinaries } from './postgres-binaries';
import { database, settings, superuser } from './postgres-settings';
import { unprivilegedRunner } from './unprivileged-runner';

export interface PostgresOptions extends ProcessOptions {
  /** Holds the cluster, below `cluster/`, and its password. */
  readonly dataDir: string;
  readonly port?: number | undefined;
  /** Whether a fresh cluster is synced to disk before it is used; on by default, off makes throw-away ones sooner. */
  readonly syncNewCluster?: boolean | undefined;
}

export interface RunningPostgres extends ServerProcess {
  /** `postgres://claw:<password>@127.0.0.1:<port>/claw`; the role is a superuser. */
  readonly url: string;
  readonly port: number;
}

/** PostgreSQL's "fast" shutdown: open sessions are ended; SIGTERM would wait for them. */
export const postgresStopSignal = 'SIGINT';

const connectTimeoutMs = 2_000;
const predecessorTries = 25;
const predecessorPauseMs = 200;

/** The address that {@link startPostgres} gives, known before the server runs. */
export const postgresUrl = async (dataDir: string, port: number): Promise<string> => {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  return `${addressOf(await clusterPassword(dataDir), port)}/${database}`;
};

const addressOf = (password: string, port: number): string =>
  `postgres://${superuser}:${password}@127.0.0.1:${port}`;

const withClient = async <T>(connectionString: string, use: (client: Client) => Promise<T>): Promise<T> => {
  const client = new Client({
    connectionString,
    connectionTimeoutMillis: connectTimeoutMs,
    query_timeout: connectTimeoutMs,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await use(client);
  } finally {
    await client.end().catch(() => undefined);
  }
};

const answers = async (url: string): Promise<boolean> => {
  await withClient(url, (client) => client.query('SELECT 1'));
  return true;
};

const ensureDatabase = (maintenanceUrl: string): Promise<void> =>
  withClient(maintenanceUrl, async (client) => {
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [database]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${client.escapeIdentifier(database)}`);
  });

/** After a crash the predecessor takes a moment to go, and its own processes one to notice and let go of its memory. */
const onceThePredecessorIsGone = async (command: ServerCommand): Promise<ServerProcess> => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await startServer(command);
    } catch (error) {
      const held =
        error instanceof ServerStartFailed &&
        /pre-existing shared memory block|postmaster\.pid" already exists/.test(error.message);
      if (!held || attempt === predecessorTries) throw error;
      await delay(predecessorPauseMs);
    }
  }
};

/**
 * Starts a real PostgreSQL on 127.0.0.1, on a free port where none is given, with scram passwords, and waits
 * until it answers a query in its `claw` database. The cluster is made at the first start. Runs for root too.
 * Throws ServerStartFailed with the reason in one line.
 */
export const startPostgres = async (options: PostgresOptions): Promise<RunningPostgres> => {
  const { dataDir, signal } = options;
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const { initdb, postgres } = await findPostgresBinaries();
  const password = await clusterPassword(dataDir);
  const runner = await unprivilegedRunner(postgres, dataDir);
  const cluster = await initialiseCluster(dataDir, initdb, runner, {
    password,
    sync: options.syncNewCluster ?? true,
  });
  signal?.throwIfAborted();

  return withFreePorts('postgres', [options.port], async ([port = 0]) => {
    const address = addressOf(password, port);
    const { command, args } = runner.wrap(postgres, [
      '-D',
      cluster,
      '-p',
      String(port),
      ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ]);
    const server = await onceThePredecessorIsGone({
      ...options,
      name: 'postgres',
      command,
      args,
      ...(runner.uid === undefined || runner.gid === undefined ? {} : { uid: runner.uid, gid: runner.gid }),
      env: { ...process.env, LC_ALL: 'C' },
      cwd: dataDir,
      logFile: options.logFile ?? join(dataDir, 'postgres.log'),
      stopSignal: postgresStopSignal,
      ready: () => answers(`${address}/postgres`),
    });
    try {
      await ensureDatabase(`${address}/postgres`);
    } catch (error) {
      await server.stop();
      const reason = error instanceof Error ? error.message : String(error);
      throw new ServerStartFailed('postgres', `could not make its database: ${reason}`);
    }
    return { ...server, url: `${address}/${database}`, port };
  });
};
