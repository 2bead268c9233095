import { once } from 'node:events';
import type { EventEmitter } from 'node:events';
import {
  END,
  ErrorType,
  eventTypeFilter,
  excludeSystemEvents,
  jsonEvent,
  START,
  streamNameFilter,
} from '@eventstore/db-client';
import type { AllStreamSubscription, Filter, Position } from '@eventstore/db-client';
import { withDeadline } from '@claw/kernel';
import {
  counted,
  newStream,
  numbers,
  PATIENCE_MS,
  revisions,
  storeUnderTest,
  take,
} from './store-under-test';

const store = storeUnderTest();

const signalled = (subscription: EventEmitter, event: string): Promise<unknown> =>
  withDeadline(`waiting for ${event}`, PATIENCE_MS, once(subscription, event));

/** Where the log is now. */
const logEnd = async (): Promise<Position> => {
  const { position } = await store.client.appendToStream(newStream(), counted(1));
  return position ?? { commit: 0n, prepare: 0n };
};

describe('subscribing to a stream', () => {
  it('gives what is there and then what comes', async () => {
    const stream = newStream();
    await store.client.appendToStream(stream, counted(3));
    const subscription = store.client.subscribeToStream(stream);
    subscription.once('caughtUp', () => void store.client.appendToStream(stream, counted(2, 3)));
    expect(numbers(await take(5, subscription))).toEqual([0, 1, 2, 3, 4]);
  });

  it('goes on after the revision that it is given', async () => {
    const stream = newStream();
    await store.client.appendToStream(stream, counted(4));
    const subscription = store.client.subscribeToStream(stream, { fromRevision: 1n });
    expect(revisions(await take(2, subscription))).toEqual([2n, 3n]);
  });

  it('leaves out what is there where it begins at the end', async () => {
    const stream = newStream();
    await store.client.appendToStream(stream, counted(3));
    const subscription = store.client.subscribeToStream(stream, { fromRevision: END });
    subscription.once('caughtUp', () => void store.client.appendToStream(stream, counted(1, 3)));
    expect(numbers(await take(1, subscription))).toEqual([3]);
  });

  it.each([START, END] as const)(
    'waits from its %s for a stream that is not there yet',
    async (fromRevision) => {
      const stream = newStream();
      const subscription = store.client.subscribeToStream(stream, { fromRevision });
      subscription.once('caughtUp', () => void store.client.appendToStream(stream, counted(2)));
      expect(numbers(await take(2, subscription))).toEqual([0, 1]);
    },
  );

  it('ends with an error where the stream is tombstoned', async () => {
    const stream = newStream();
    await store.client.appendToStream(stream, counted(1));
    await store.client.tombstoneStream(stream);
    const subscription = store.client.subscribeToStream(stream);
    const [error] = await withDeadline(
      'the error',
      PATIENCE_MS,
      once(subscription, 'error').catch((e) => [e]),
    );
    expect(error).toMatchObject({ type: ErrorType.STREAM_DELETED, streamName: stream });
  });

  it('gives many subscribers the same', async () => {
    const stream = newStream();
    const subscriptions = Array.from({ length: 10 }, () => store.client.subscribeToStream(stream));
    const taken = subscriptions.map((subscription) => take(20, subscription));
    for (let n = 0; n < 20; n += 1) await store.client.appendToStream(stream, counted(1, n));
    for (const events of await Promise.all(taken)) {
      expect(numbers(events)).toEqual(Array.from({ length: 20 }, (_, n) => n));
    }
  });
});

describe('subscribing to all', () => {
  const all = (filter: Filter, fromPosition?: Position): AllStreamSubscription =>
    store.client.subscribeToAll({ filter, ...(fromPosition && { fromPosition }) });

  it('gives every event after the position, of whichever stream', async () => {
    const fromPosition = await logEnd();
    const [one, two] = [newStream(), newStream()];
    await store.client.appendToStream(one, counted(2));
    await store.client.appendToStream(two, counted(2, 2));
    const subscription = store.client.subscribeToAll({ fromPosition });
    const ours: unknown[] = [];
    for await (const read of subscription) {
      if (read.event?.streamId === one || read.event?.streamId === two) ours.push(...numbers([read]));
      if (ours.length === 4) break;
    }
    expect(ours).toEqual([0, 1, 2, 3]);
  });

  it.each([
    {
      by: 'a prefix of the stream',
      filter: (name: string) => streamNameFilter({ prefixes: ['none-', `${name}-y`] }),
    },
    { by: 'a pattern of the stream', filter: (name: string) => streamNameFilter({ regex: `^${name}-[yz]` }) },
    { by: 'a prefix of the type', filter: (name: string) => eventTypeFilter({ prefixes: [`${name}-yes`] }) },
    { by: 'a pattern of the type', filter: (name: string) => eventTypeFilter({ regex: `^${name}-y.*s$` }) },
  ])('gives what is chosen by $by, before and after it has caught up', async ({ filter }) => {
    const name = newStream();
    const append = (answer: 'yes' | 'no', n: number) =>
      store.client.appendToStream(`${name}-${answer}`, jsonEvent({ type: `${name}-${answer}`, data: { n } }));
    await append('no', 0);
    await append('yes', 1);
    const subscription = all(filter(name));
    const taken = take(3, subscription);
    await signalled(subscription, 'caughtUp');
    await append('no', 2);
    await append('yes', 3);
    await append('yes', 4);
    expect(numbers(await taken)).toEqual([1, 3, 4]);
  });

  it('can leave out the events of the system', async () => {
    const fromPosition = await logEnd();
    const stream = newStream();
    await store.client.setStreamMetadata(stream, { maxCount: 5 });
    await store.client.appendToStream(stream, counted(1));
    const [first] = await take(1, all(excludeSystemEvents(), fromPosition));
    expect(first?.event).toMatchObject({ type: 'Counted', streamId: stream });
  });

  it('tells how far it has looked where nothing matches, and when it has caught up', async () => {
    const fromPosition = await logEnd();
    const stream = newStream();
    await store.client.appendToStream(stream, counted(100));
    const checkpoints: Position[] = [];
    const subscription = all(
      streamNameFilter({
        prefixes: [`${stream}-none`],
        maxSearchWindow: 10,
        checkpointInterval: 2,
        checkpointReached: async (_subscription, position) => void checkpoints.push(position),
      }),
      fromPosition,
    );
    subscription.resume();
    await signalled(subscription, 'caughtUp');
    const last = await logEnd();
    await subscription.unsubscribe();
    expect(checkpoints.length).toBeGreaterThanOrEqual(5);
    const commits = checkpoints.map(({ commit }) => commit);
    expect(commits).toEqual([...commits].sort((a, b) => Number(a - b)));
    expect(commits.every((commit) => commit > fromPosition.commit && commit <= last.commit)).toBe(true);
  });

  it('tells where it has caught up, however much it may look at without a word', async () => {
    const fromPosition = await logEnd();
    const stream = newStream();
    const { position } = await store.client.appendToStream(stream, counted(3));
    const checkpoint = new Promise<Position>((resolve) => {
      const filter = streamNameFilter({
        prefixes: [`${stream}-none`],
        maxSearchWindow: 1_000_000,
        checkpointReached: async (subscription, reached) => {
          resolve(reached);
          await subscription.unsubscribe();
        },
      });
      all(filter, fromPosition).resume();
    });
    const reached = await withDeadline('the checkpoint', PATIENCE_MS, checkpoint);
    expect(reached.commit).toBeGreaterThanOrEqual(position?.commit ?? 0n);
  });

  it('goes on from a checkpoint without a gap and without repeating', async () => {
    const stream = newStream();
    const total = 60;
    const writing = (async () => {
      for (let n = 0; n < total; n += 1) {
        await store.client.appendToStream(stream, counted(1, n));
        await store.client.appendToStream(newStream(), counted(5));
      }
    })();
    const seen: unknown[] = [];
    let position: Position | undefined;
    for (let sessions = 0; seen.length < total && sessions < 100; sessions += 1) {
      const subscription = all(streamNameFilter({ prefixes: [stream] }), position);
      for (const read of await take(Math.min(7, total - seen.length), subscription)) {
        seen.push(...numbers([read]));
        position = read.event?.position;
      }
    }
    await writing;
    expect(seen).toEqual(Array.from({ length: total }, (_, n) => n));
  });

  it('waits for a subscriber that is slow, and leaves nothing out', async () => {
    const stream = newStream();
    const writing = Promise.all(
      Array.from({ length: 40 }, (_, n) =>
        store.client.appendToStream(
          stream,
          Array.from({ length: 10 }, () => jsonEvent({ type: 'big', data: { n, text: 'x'.repeat(10_000) } })),
        ),
      ),
    );
    const subscription = store.client.subscribeToAll(
      { filter: streamNameFilter({ prefixes: [stream] }) },
      { highWaterMark: 1 },
    );
    let expected = 0n;
    for await (const { event } of subscription) {
      expect(event?.revision).toBe(expected);
      expected += 1n;
      await new Promise(setImmediate);
      if (expected === 400n) break;
    }
    await writing;
  });
});
