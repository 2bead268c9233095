import { eventually, withEventStore } from '@claw/testing';
import { CodecError } from './codec';
import { AggregateStore } from './aggregate-store';
import { EventLog } from './event-log';
import type { LoggedEvent } from './event-log';
import { EventStore } from './event-store';
import type { FollowOptions } from './follow';
import { add, freshCategory, metadata, tally, tallyCodec } from './testing/tally';
import type { TallyEvent } from './testing/tally';

describe('the log', () => {
  const server = withEventStore();
  let store: EventStore;
  let log: EventLog<TallyEvent>;
  let prefixes: readonly string[];
  let category: string;
  let following: AbortController;
  const followers: Promise<void>[] = [];

  beforeEach(() => {
    store = new EventStore({ url: server.url, deadlineMs: 3_000 });
    log = new EventLog(store, tallyCodec);
    category = freshCategory();
    prefixes = [`${category}-`];
    following = new AbortController();
  });

  afterEach(async () => {
    following.abort();
    await Promise.all(followers.splice(0));
    await store.close();
  });

  const write = async (from: number, count: number): Promise<void> => {
    const tallies = new AggregateStore(store, tally);
    for (let n = from; n < from + count; n += 1)
      await tallies.execute(`${category}-${n % 3}`, add(n), metadata);
  };

  const readAll = async (after: LoggedEvent<TallyEvent>['position'] | 'start' = 'start') => {
    const events: LoggedEvent<TallyEvent>[] = [];
    for await (const event of log.readAll({ prefixes, after })) events.push(event);
    return events;
  };

  const follow = (options: Partial<FollowOptions<LoggedEvent<TallyEvent>>> = {}) => {
    const seen: number[] = [];
    const problems: string[] = [];
    const note = (_fields: object, message: string) => void problems.push(message);
    followers.push(
      log.follow({
        prefixes,
        after: 'start',
        handle: ({ event }) => void seen.push(event.data.n),
        signal: following.signal,
        logger: { warn: note, error: note },
        ...options,
      }),
    );
    return { seen, problems };
  };

  describe('read to its end', () => {
    it('gives the events of the named streams in the order in which they came', async () => {
      await new AggregateStore(store, tally).execute(`${freshCategory()}-9`, add(99), metadata);
      await write(1, 7);
      const events = await readAll();
      expect(events.map(({ event }) => event.data.n)).toEqual([1, 2, 3, 4, 5, 6, 7]);
      expect(events[3]).toMatchObject({
        streamId: `${category}-1`,
        aggregateId: '1',
        revision: 1n,
        metadata,
        at: expect.stringMatching(/^\d{4}-.*Z$/),
      });
    });

    it('goes on after a place, without the event there', async () => {
      await write(1, 5);
      const third = (await readAll())[2];
      expect((await readAll(third?.position)).map(({ event }) => event.data.n)).toEqual([4, 5]);
    });

    it('may be left early', async () => {
      await write(1, 3);
      for await (const { event } of log.readAll({ prefixes })) {
        expect(event.data.n).toBe(1);
        break;
      }
      expect(await readAll()).toHaveLength(3);
    });

    it('fails at an event that its codec does not know', async () => {
      await store.append(`${category}-0`, 'none', [
        { id: crypto.randomUUID(), type: 'Stolen.v1', data: {}, metadata },
      ]);
      await expect(readAll()).rejects.toThrow(CodecError);
    });
  });

  describe('followed', () => {
    it('hands over what was there, says so, then what comes', async () => {
      await write(1, 4);
      const caughtUp: number[] = [];
      const { seen } = follow({ onCaughtUp: () => void caughtUp.push(seen.length) });
      await eventually(() => expect(caughtUp).toEqual([4]));
      await write(5, 2);
      await eventually(() => expect(seen).toEqual([1, 2, 3, 4, 5, 6]));
    });

    it('says that it has caught up only after the last event was handled, not just received', async () => {
      await write(1, 10);
      let handled = 0;
      const atCaughtUp: number[] = [];
      follow({
        handle: async () => {
          await new Promise((resolve) => setImmediate(resolve));
          handled += 1;
        },
        onCaughtUp: () => void atCaughtUp.push(handled),
      });
      await eventually(() => expect(atCaughtUp).toEqual([10]));
    });

    it('starts from the end where that is wished', async () => {
      await write(1, 2);
      const caughtUp: true[] = [];
      const { seen } = follow({ after: 'end', onCaughtUp: () => void caughtUp.push(true) });
      await eventually(() => expect(caughtUp).toHaveLength(1));
      await write(3, 2);
      await eventually(() => expect(seen).toEqual([3, 4]));
    });

    it('goes on after the place that was handled last', async () => {
      await write(1, 5);
      const second = (await readAll())[1];
      const { seen } = follow({ after: second?.position ?? 'start' });
      await eventually(() => expect(seen).toEqual([3, 4, 5]));
    });

    it('gives an event that could not be handled again, and skips none', async () => {
      await write(1, 3);
      const tried: number[] = [];
      const { problems } = follow({
        handle: ({ event }) => {
          tried.push(event.data.n);
          if (event.data.n === 2 && tried.length < 4) throw new Error('not now');
        },
      });
      await eventually(() => expect(tried).toEqual([1, 2, 2, 2, 3]));
      expect(problems).toHaveLength(2);
    });

    it('hands over one event at a time and fetches no more than it can hold', async () => {
      await write(1, 12);
      let release: (() => void) | undefined;
      let underWay = 0;
      let most = 0;
      let count = 0;
      follow({
        handle: async () => {
          underWay += 1;
          most = Math.max(most, underWay);
          if (count === 0) await new Promise<void>((resolve) => (release = resolve));
          count += 1;
          underWay -= 1;
        },
      });
      await eventually(() => expect(release).toBeDefined());
      await write(13, 1);
      expect(count).toBe(0);
      release?.();
      await eventually(() => expect(count).toBe(13));
      expect(most).toBe(1);
    });

    it('heals after a crash of the server: nothing is missed or handed over twice', async () => {
      await write(1, 3);
      const { seen, problems } = follow();
      await eventually(() => expect(seen).toHaveLength(3));
      await server.crash();
      await eventually(() => expect(problems).not.toHaveLength(0));
      await server.up();
      await write(4, 3);
      await eventually(() => expect(seen).toEqual([1, 2, 3, 4, 5, 6]), { withinMs: 15_000 });
    });

    it('may begin before the server is there', async () => {
      await server.crash();
      const { seen, problems } = follow();
      await eventually(() => expect(problems.length).toBeGreaterThan(1));
      await server.up();
      await write(1, 1);
      await eventually(() => expect(seen).toEqual([1]), { withinMs: 15_000 });
    });

    it('ends when it is told to, also amid an event that keeps failing', async () => {
      await write(1, 1);
      const { problems } = follow({ handle: () => Promise.reject(new Error('never')) });
      follow();
      await eventually(() => expect(problems).not.toHaveLength(0));
      following.abort();
      await Promise.all(followers);
    });
  });
});
