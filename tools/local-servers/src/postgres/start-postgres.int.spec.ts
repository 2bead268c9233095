import { chmod, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { startPostgres } from './start-postgres';
import type { RunningPostgres } from './start-postgres';

describe('startPostgres', () => {
  let folder: string;
  let server: RunningPostgres | undefined;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'claw-postgres-'));
  });
  afterEach(async () => {
    await server?.stop();
    server = undefined;
    await rm(folder, { recursive: true, force: true });
  });

  const start = async (options: { port?: number } = {}): Promise<RunningPostgres> => {
    server = await startPostgres({ dataDir: join(folder, 'data'), syncNewCluster: false, ...options });
    return server;
  };
  const query = async (url: string, sql: string): Promise<unknown[]> => {
    const client = new Client({ connectionString: url });
    await client.connect();
    try {
      return (await client.query<Record<string, unknown>>({ text: sql })).rows;
    } finally {
      await client.end();
    }
  };

  it('answers queries, and syncs what it acknowledges', async () => {
    const { url } = await start();
    expect(await query(url, 'SHOW fsync')).toEqual([{ fsync: 'on' }]);
  });

  it('listens on 127.0.0.1 alone', async () => {
    const { url } = await start();
    expect(await query(url, 'SHOW listen_addresses')).toEqual([{ listen_addresses: '127.0.0.1' }]);
  });

  it('lets nobody in without the password, which only its owner may read', async () => {
    const { url } = await start();
    await expect(query(url.replace(/:[0-9a-f]+@/, ':guess@'), 'SELECT 1')).rejects.toThrow(/password/);
    expect((await stat(join(folder, 'data/password'))).mode & 0o777).toBe(0o600);
  });

  it('keeps what was committed across a crash, on the same port', async () => {
    const first = await start();
    await query(first.url, 'CREATE TABLE kept AS SELECT 1 AS n');
    await first.kill();
    const second = await start({ port: first.port });
    expect(await query(second.url, 'SELECT n FROM kept')).toEqual([{ n: 1 }]);
  });

  it('starts where its folder lies in one that only its owner may enter', async () => {
    await chmod(folder, 0o700);
    const { url } = await start();
    expect(await query(url, 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
  });

  it('refuses a port that is in use in one line', async () => {
    const { port } = await start();
    const second = startPostgres({ dataDir: join(folder, 'second'), syncNewCluster: false, port });
    await expect(second).rejects.toThrow(/^postgres: port \d+ is already in use$/);
  });
});
