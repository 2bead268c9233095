import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import { isPortFree } from '../process/free-port';
import { startEventStore } from './start-event-store';
import type { RunningEventStore } from './start-event-store';

describe('startEventStore', () => {
  let dataDir: string;
  let server: RunningEventStore | undefined;

  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'claw-eventstore-'));
  });
  afterEach(async () => {
    await server?.stop();
    server = undefined;
    await rm(dataDir, { recursive: true, force: true });
  });

  const withClient = async <T>(url: string, use: (client: EventStoreDBClient) => Promise<T>): Promise<T> => {
    const client = EventStoreDBClient.connectionString(url);
    try {
      return await use(client);
    } finally {
      await client.dispose();
    }
  };
  const append = (url: string): Promise<unknown> =>
    withClient(url, (client) => client.appendToStream('kept-1', jsonEvent({ type: 'Kept', data: {} })));
  const stored = (url: string): Promise<number> =>
    withClient(url, async (client) => {
      let count = 0;
      for await (const { event } of client.readStream('kept-1')) count += event === undefined ? 0 : 1;
      return count;
    });

  it('keeps what was acknowledged across a crash, on the same ports', async () => {
    server = await startEventStore({ dataDir });
    await append(server.url);
    await server.kill();
    server = await startEventStore({ dataDir, port: server.port, healthPort: server.healthPort });
    expect(await stored(server.url)).toBe(1);
  });

  it('lets go of its ports when it is stopped', async () => {
    server = await startEventStore({ dataDir });
    await server.stop();
    expect(await Promise.all([server.port, server.healthPort].map(isPortFree))).toEqual([true, true]);
  });
});
