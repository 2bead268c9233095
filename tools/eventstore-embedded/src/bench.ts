import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import { startEventStore } from '@claw/local-servers';

/**
 * Events a second through the real client, with the server in a process of its own: appended one at a time,
 * appended 50 at once, and read. `EVENTSTORE_URL` names a server that runs already.
 */
const SERIAL = 3_000;
const CONCURRENT = 40_000;
const AT_ONCE = 50;

const event = () => jsonEvent({ type: 'Measured', data: { text: 'x'.repeat(130) } });

const measure = async (what: string, events: number, work: () => Promise<void>): Promise<void> => {
  const start = performance.now();
  await work();
  const seconds = (performance.now() - start) / 1_000;
  process.stdout.write(`${what.padEnd(28)}${Math.round(events / seconds).toLocaleString('en')} events/s\n`);
};

const bench = async (url: string): Promise<void> => {
  const client = EventStoreDBClient.connectionString(url);
  const stream = `bench-${randomUUID()}`;
  const append = async (name: string, times: number): Promise<void> => {
    for (let n = 0; n < times; n += 1) await client.appendToStream(name, event());
  };
  try {
    await append(`${stream}-warm`, 1_500);
    await measure('appended one at a time', SERIAL, () => append(stream, SERIAL));
    await measure(`appended ${AT_ONCE} at once`, CONCURRENT, async () => {
      const writers = Array.from({ length: AT_ONCE }, () => append(`${stream}-many`, CONCURRENT / AT_ONCE));
      await Promise.all(writers);
    });
    await measure('read from a stream', CONCURRENT, async () => {
      for await (const read of client.readStream(`${stream}-many`)) void read;
    });
    await measure('read from $all', SERIAL + CONCURRENT, async () => {
      for await (const read of client.readAll({ maxCount: SERIAL + CONCURRENT })) void read;
    });
  } finally {
    await client.dispose();
  }
};

const main = async (): Promise<void> => {
  const given = process.env.EVENTSTORE_URL;
  if (given !== undefined) return bench(given);
  const dataDir = await mkdtemp(join(tmpdir(), 'eventstore-bench-'));
  const server = await startEventStore({ dataDir });
  try {
    await bench(server.url);
  } finally {
    await server.stop();
    await rm(dataDir, { recursive: true });
  }
};

void main();
