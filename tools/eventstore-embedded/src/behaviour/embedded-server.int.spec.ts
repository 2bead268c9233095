import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  binaryEvent,
  ErrorType,
  EventStoreDBClient,
  persistentSubscriptionToStreamSettingsFromDefaults,
} from '@eventstore/db-client';
import { withDeadline } from '@claw/kernel';
import { ServerStartFailed, startEventStore } from '@claw/local-servers';
import type { EventStoreOptions, RunningEventStore } from '@claw/local-servers';
import { tempDir, withEventStore } from '@claw/testing';
import {
  collect,
  counted,
  describeEmbedded,
  failure,
  newStream,
  PATIENCE_MS,
  take,
} from './store-under-test';

const UNIMPLEMENTED = 12;

describeEmbedded('the embedded server', () => {
  const fixture = withEventStore();
  let client: EventStoreDBClient;
  beforeAll(() => void (client = EventStoreDBClient.connectionString(fixture.url)));
  afterAll(() => client.dispose());

  const startedOn = async <T>(
    options: Partial<EventStoreOptions>,
    work: (client: EventStoreDBClient, server: RunningEventStore) => Promise<T>,
  ): Promise<T> => {
    const server = await startEventStore({ dataDir: await tempDir(), ...options });
    const own = EventStoreDBClient.connectionString(server.url);
    try {
      return await work(own, server);
    } finally {
      await own.dispose();
      await server.stop();
    }
  };

  it('is found by clients that ask for the cluster', async () => {
    const { host } = new URL(fixture.url.replace('esdb:', 'http:'));
    const discovering = EventStoreDBClient.connectionString(`esdb+discover://${host}?tls=false`);
    try {
      const stream = newStream();
      await discovering.appendToStream(stream, counted(1));
      expect(await collect(discovering.readStream(stream))).toHaveLength(1);
    } finally {
      await discovering.dispose();
    }
  });

  it('says so where a part of the API is not there', async () => {
    const settings = persistentSubscriptionToStreamSettingsFromDefaults();
    const attempts = [
      client.createPersistentSubscriptionToStream(newStream(), 'group', settings),
      client.createProjection('projection', 'fromAll()'),
    ];
    for (const error of await Promise.all(attempts.map(failure)))
      expect(error).toMatchObject({ code: UNIMPLEMENTED });
  });

  it('lets nobody write to $all, or delete metadata', async () => {
    const attempts = [
      client.appendToStream('$all', counted(1)),
      client.appendToStream('$all', counted(1), { credentials: { username: 'admin', password: 'changeit' } }),
      client.deleteStream('$all'),
      client.deleteStream(`$$${newStream()}`),
      client.tombstoneStream(`$$${newStream()}`),
    ];
    for (const error of await Promise.all(attempts.map(failure))) {
      expect(error).toMatchObject({ type: ErrorType.ACCESS_DENIED });
    }
  });

  it.each([
    { what: 'no', name: '' },
    { what: 'half a', name: '$$' },
    { what: 'a broken', name: 'a\0b' },
    { what: 'an endless', name: 'x'.repeat(1_025) },
  ])('takes no stream by $what name', async ({ name }) => {
    await failure(client.appendToStream(name, counted(1)));
    await failure(collect(client.readStream(name)));
    expect(await failure(client.deleteStream(name))).toMatchObject({ code: 3 });
  });

  it('refuses a pattern that is none', async () => {
    const subscription = client.subscribeToAll({
      filter: { filterOn: 'streamName', regex: '(', checkpointInterval: 1 },
    });
    const [error] = await withDeadline(
      'the error',
      PATIENCE_MS,
      once(subscription, 'error').catch((e) => [e]),
    );
    expect(error).toMatchObject({ code: 3 });
  });

  it('refuses a subscription from a position that the log has not reached', async () => {
    const fromPosition = { commit: 4_000_000_000n, prepare: 4_000_000_000n };
    const subscription = client.subscribeToAll({ fromPosition });
    const [error] = await withDeadline(
      'the error',
      PATIENCE_MS,
      once(subscription, 'error').catch((e) => [e]),
    );
    expect(error).toMatchObject({ code: 3 });
  });

  it('keeps others out of its data folder, and says so in one line', async () => {
    const dataDir = await tempDir();
    await startedOn({ dataDir }, async (own, server) => {
      const second = startEventStore({ dataDir, logFile: join(dataDir, 'second.log') });
      expect(await failure(second.then((other) => other.stop()))).toBeInstanceOf(ServerStartFailed);
      const lines = (await readFile(join(dataDir, 'second.log'), 'utf8')).trim().split('\n');
      expect(lines).toEqual([expect.stringMatching(`is held by process ${server.pid}$`)]);
      await own.appendToStream(newStream(), counted(1));
    });
  });

  it('takes as much in an append as it is told to', () =>
    startedOn({ env: { EVENTSTORE_MAX_APPEND_SIZE: '1000' } }, async (own) => {
      const stream = newStream();
      await own.appendToStream(stream, binaryEvent({ type: 'x', data: Buffer.alloc(900) }));
      const error = await failure(
        own.appendToStream(stream, binaryEvent({ type: 'x', data: Buffer.alloc(1_000) })),
      );
      expect(error).toMatchObject({ type: ErrorType.MAXIMUM_APPEND_SIZE_EXCEEDED, maxAppendSize: 1_000 });
    }));

  it('answers what is under way when it is told to stop, and ends in order', () =>
    startedOn({}, async (own, server) => {
      const stream = newStream();
      await own.appendToStream(stream, counted(1));
      const subscription = own.subscribeToStream(stream);
      const ended = once(subscription, 'error').catch((error: unknown) => [error]);
      await take(1, own.subscribeToStream(stream));
      const asked = performance.now();
      server.process.kill('SIGTERM');
      expect(await withDeadline('the end', PATIENCE_MS, server.exited)).toEqual({ code: 0, signal: null });
      // Calls that don't end by themselves are cut off after 3 s: here none has to be.
      expect(performance.now() - asked).toBeLessThan(2_500);
      expect((await ended)[0]).toMatchObject({ type: ErrorType.UNAVAILABLE });
    }));

  it('needs no more memory for subscribers that do not read', async () => {
    const stream = newStream();
    const idle = Array.from({ length: 12 }, () => client.subscribeToStream(stream));
    await Promise.all(idle.map((subscription) => once(subscription, 'confirmation')));
    const data = Buffer.alloc(250_000, 1);
    for (let n = 0; n < 200; n += 1) await client.appendToStream(stream, binaryEvent({ type: 'big', data }));
    expect(await take(200, client.subscribeToStream(stream))).toHaveLength(200);
    const { stdout } = await promisify(execFile)('ps', ['-o', 'rss=', '-p', String(fixture.server.pid)]);
    expect(Number(stdout) / 1_024).toBeLessThan(400);
    for (const subscription of idle) await subscription.unsubscribe();
  });
});
