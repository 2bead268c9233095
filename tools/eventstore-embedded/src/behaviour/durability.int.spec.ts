import { randomInt } from 'node:crypto';
import { ANY, EventStoreDBClient, jsonEvent, NO_STREAM, streamNameFilter } from '@eventstore/db-client';
import type { Position } from '@eventstore/db-client';
import { randomName, withEventStore } from '@claw/testing';
import { collect, counted, describeEmbedded, numbers, take } from './store-under-test';
import type { Counted } from './store-under-test';

const GROUP = 5;
const WRITERS = 8;

type Group = ReturnType<typeof jsonEvent<Counted>>[];

/** One writer's appends: those that were answered, and the one that the crash left open. */
interface Diary {
  readonly stream: string;
  answered: number;
  open: Group | undefined;
}

describeEmbedded('after a crash', () => {
  const fixture = withEventStore();

  /** Runs `work` with a client of its own. */
  const withClient = async <T>(work: (client: EventStoreDBClient) => Promise<T>): Promise<T> => {
    const client = EventStoreDBClient.connectionString(fixture.url);
    try {
      return await work(client);
    } finally {
      await client.dispose();
    }
  };

  /** Appends group after group to each stream, and kills the server once `groups` have been answered. */
  const writeUntilKilled = (diaries: readonly Diary[], groups: number): Promise<void> =>
    withClient(async (client) => {
      let left = groups;
      let crashed: Promise<void> | undefined;
      const write = async (diary: Diary): Promise<void> => {
        while (crashed === undefined) {
          diary.open = counted(GROUP, diary.answered * GROUP);
          const expectedRevision = diary.answered === 0 ? NO_STREAM : BigInt(diary.answered * GROUP - 1);
          await client.appendToStream(diary.stream, diary.open, { expectedRevision });
          diary.answered += 1;
          diary.open = undefined;
          left -= 1;
          if (left === 0) crashed = fixture.crash();
        }
      };
      await Promise.allSettled(diaries.map(write));
      await crashed;
    });

  it('all that was answered is there, what was not is there whole or not at all, and a retry is safe', async () => {
    const prefix = randomName('crash');
    const diaries = Array.from({ length: WRITERS }, (_, n): Diary => ({
      stream: `${prefix}-${n}`,
      answered: 0,
      open: undefined,
    }));
    const followed: unknown[] = [];
    let position: Position | undefined;

    for (let round = 0; round < 4; round += 1) {
      await writeUntilKilled(diaries, randomInt(10, 150));
      await fixture.up();
      await withClient(async (client) => {
        for (const diary of diaries) {
          const expectedRevision = diary.answered === 0 ? NO_STREAM : BigInt(diary.answered * GROUP - 1);
          if (diary.open !== undefined) {
            await client.appendToStream(diary.stream, diary.open, { expectedRevision });
            diary.answered += 1;
            diary.open = undefined;
          }
          const found = numbers(await collect(client.readStream(diary.stream)));
          expect(found).toEqual(Array.from({ length: diary.answered * GROUP }, (_, n) => n));
        }
        const total = diaries.reduce((sum, { answered }) => sum + answered * GROUP, 0);
        const subscription = client.subscribeToAll({
          filter: streamNameFilter({ prefixes: [prefix] }),
          ...(position && { fromPosition: position }),
        });
        for (const { event } of await take(total - followed.length, subscription)) {
          followed.push(event?.id);
          position = event?.position;
        }
      });
    }
    expect(new Set(followed).size).toBe(followed.length);
  });

  it.each([ANY, NO_STREAM] as const)(
    'a retry from before is still known for one, where %s is expected',
    async (expected) => {
      const stream = randomName('retry');
      const events = counted(3);
      const options = { expectedRevision: expected };
      const first = await withClient((client) => client.appendToStream(stream, events, options));
      await withClient((client) => client.appendToStream(stream, counted(1, 3)));
      await fixture.crash();
      await fixture.up();
      await withClient(async (client) => {
        expect(await client.appendToStream(stream, events, options)).toEqual(first);
        expect(numbers(await collect(client.readStream(stream)))).toEqual([0, 1, 2, 3]);
      });
    },
  );

  it('an append that was cut short is there whole or not at all', async () => {
    const stream = randomName('cut');
    const parts = Array.from({ length: 100 }, (_, n) => counted(50, n * 50));
    await withClient(async (client) => {
      const attempts = parts.map((part) => client.appendToStream(stream, part));
      const settled = Promise.allSettled(attempts);
      await attempts[0];
      await fixture.crash();
      await settled;
    });
    await fixture.up();
    const found = await withClient((client) => collect(client.readStream(stream)));
    const values = numbers(found).map(Number);
    expect(values.length % 50).toBe(0);
    for (let at = 0; at < values.length; at += 50) {
      const first = values[at] ?? NaN;
      expect(first % 50).toBe(0);
      expect(values.slice(at, at + 50)).toEqual(Array.from({ length: 50 }, (_, n) => first + n));
    }
  });
});
