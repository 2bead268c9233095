import { BACKWARDS, binaryEvent, END, FORWARDS, START, StreamNotFoundError } from '@eventstore/db-client';
import type { Position } from '@eventstore/db-client';
import { collect, counted, failure, newStream, numbers, storeUnderTest } from './store-under-test';

const store = storeUnderTest();

const streamOf = async (count: number): Promise<string> => {
  const stream = newStream();
  await store.client.appendToStream(stream, counted(count));
  return stream;
};

describe('reading a stream', () => {
  it.each([
    { what: 'forwards from the start', options: {}, found: [0, 1, 2, 3, 4] },
    { what: 'forwards from a revision on', options: { fromRevision: 3n }, found: [3, 4] },
    { what: 'forwards, no more than asked for', options: { fromRevision: 1n, maxCount: 2 }, found: [1, 2] },
    { what: 'forwards from beyond its end', options: { fromRevision: 5n }, found: [] },
    {
      what: 'backwards from the end',
      options: { direction: BACKWARDS, fromRevision: END },
      found: [4, 3, 2, 1, 0],
    },
    {
      what: 'backwards from a revision on',
      options: { direction: BACKWARDS, fromRevision: 2n },
      found: [2, 1, 0],
    },
    { what: 'backwards from the start', options: { direction: BACKWARDS, fromRevision: START }, found: [0] },
    {
      what: 'backwards from beyond its end',
      options: { direction: BACKWARDS, fromRevision: 99n },
      found: [4, 3, 2, 1, 0],
    },
    {
      what: 'backwards, only the newest',
      options: { direction: BACKWARDS, fromRevision: END, maxCount: 1 },
      found: [4],
    },
  ] as const)('goes $what', async ({ options, found }) => {
    const stream = await streamOf(5);
    expect(numbers(await collect(store.client.readStream(stream, options)))).toEqual(found);
  });

  it('says by name that a stream is not there', async () => {
    const stream = newStream();
    const error = await failure(collect(store.client.readStream(stream)));
    expect(error).toBeInstanceOf(StreamNotFoundError);
    expect(error).toMatchObject({ streamName: stream });
  });

  it('keeps streams apart whose names begin alike', async () => {
    const stream = await streamOf(2);
    await store.client.appendToStream(`${stream}-more`, counted(3, 10));
    await store.client.appendToStream(stream.slice(0, -1), counted(3, 20));
    expect(numbers(await collect(store.client.readStream(stream)))).toEqual([0, 1]);
  });

  it('gives thousands of events in order', async () => {
    const stream = newStream();
    for (let n = 0; n < 6_000; n += 1_000) await store.client.appendToStream(stream, counted(1_000, n));
    const found = numbers(await collect(store.client.readStream(stream)));
    expect(found).toEqual(Array.from({ length: 6_000 }, (_, n) => n));
  });

  it('waits for a reader that is slow, and leaves nothing out', async () => {
    const stream = newStream();
    const big = () => binaryEvent({ type: 'big', data: Buffer.alloc(200_000, 1) });
    for (let n = 0; n < 20; n += 1) await store.client.appendToStream(stream, [big(), big(), big(), big()]);
    let found = 0;
    for await (const { event } of store.client.readStream(stream, {}, { highWaterMark: 1 })) {
      expect(event?.revision).toBe(BigInt(found));
      found += 1;
      await new Promise(setImmediate);
    }
    expect(found).toBe(80);
  });

  it('follows links, and shows those that lead nowhere', async () => {
    const target = await streamOf(2);
    const stream = newStream();
    const link = (to: string) => binaryEvent({ type: '$>', data: Buffer.from(to) });
    await store.client.appendToStream(stream, [link(`1@${target}`), link(`7@${target}`)]);
    const [there, nowhere] = await collect(store.client.readStream(stream, { resolveLinkTos: true }));
    expect(there?.event).toMatchObject({ streamId: target, revision: 1n });
    expect(there?.link).toMatchObject({ streamId: stream, revision: 0n, type: '$>' });
    expect(nowhere?.event).toBeUndefined();
    expect(nowhere?.link).toMatchObject({ streamId: stream, revision: 1n });
    const [asItIs] = await collect(store.client.readStream(stream));
    expect(asItIs?.event).toMatchObject({ type: '$>', streamId: stream });
  });
});

describe('reading the log', () => {
  it('goes through all streams in the order of writing', async () => {
    const [one, two] = [newStream(), newStream()];
    const { position } = await store.client.appendToStream(one, counted(1));
    await store.client.appendToStream(two, counted(2, 1));
    await store.client.appendToStream(one, counted(1, 3));
    const read = await collect(store.client.readAll({ fromPosition: position ?? START }));
    const ours = read.filter(({ event }) => event?.streamId === one || event?.streamId === two);
    expect(numbers(ours)).toEqual([0, 1, 2, 3]);
    const commits = ours.map(({ event }) => event?.position?.commit ?? 0n);
    expect(commits).toEqual([...commits].sort((a, b) => Number(a - b)));
    expect(new Set(commits).size).toBe(4);
  });

  it('includes the starting position going forwards, and leaves it out going backwards', async () => {
    const stream = await streamOf(3);
    const [, middle] = await collect(store.client.readStream(stream));
    const from: Position = middle?.event?.position ?? { commit: 0n, prepare: 0n };
    const options = { fromPosition: from, maxCount: 1 };
    const forwards = await collect(store.client.readAll({ ...options, direction: FORWARDS }));
    const backwards = await collect(store.client.readAll({ ...options, direction: BACKWARDS }));
    expect(numbers(forwards)).toEqual([1]);
    expect(numbers(backwards)).toEqual([0]);
  });

  it('goes backwards from the end', async () => {
    const stream = await streamOf(3);
    const newest = await collect(
      store.client.readAll({ direction: BACKWARDS, fromPosition: END, maxCount: 50 }),
    );
    expect(numbers(newest.filter(({ event }) => event?.streamId === stream))).toEqual([2, 1, 0]);
  });

  it('finds nothing forwards from the end and backwards from the start', async () => {
    await streamOf(1);
    expect(await collect(store.client.readAll({ fromPosition: END }))).toEqual([]);
    expect(await collect(store.client.readAll({ fromPosition: START, direction: BACKWARDS }))).toEqual([]);
  });
});
