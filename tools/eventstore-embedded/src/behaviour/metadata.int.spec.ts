import { BACKWARDS, END, NO_STREAM, STREAM_EXISTS, WrongExpectedVersionError } from '@eventstore/db-client';
import { eventually } from '@claw/testing';
import {
  collect,
  counted,
  failure,
  newStream,
  numbers,
  revisions,
  storeUnderTest,
  take,
} from './store-under-test';

const store = storeUnderTest();

const read = async (stream: string) => numbers(await collect(store.client.readStream(stream)));
const readBack = async (stream: string) =>
  numbers(await collect(store.client.readStream(stream, { direction: BACKWARDS, fromRevision: END })));

const streamOf = async (count: number): Promise<string> => {
  const stream = newStream();
  await store.client.appendToStream(stream, counted(count));
  return stream;
};

describe("a stream's metadata", () => {
  it('is given back as it was set, and can be anything', async () => {
    const stream = newStream();
    const metadata = { maxCount: 3, maxAge: 3600, truncateBefore: 1, cacheControl: 5, colour: 'blue' };
    await store.client.setStreamMetadata(stream, metadata);
    expect((await store.client.getStreamMetadata(stream)).metadata).toEqual(metadata);
  });

  it('is none where none was set', async () => {
    expect((await store.client.getStreamMetadata(newStream())).metadata).toBeUndefined();
    expect((await store.client.getStreamMetadata(await streamOf(1))).metadata).toBeUndefined();
  });

  it('is set by one of two who expect the same', async () => {
    const stream = newStream();
    await store.client.setStreamMetadata(stream, { maxCount: 1 }, { expectedRevision: NO_STREAM });
    const second = store.client.setStreamMetadata(stream, { maxCount: 2 }, { expectedRevision: NO_STREAM });
    expect(await failure(second)).toBeInstanceOf(WrongExpectedVersionError);
    await store.client.setStreamMetadata(stream, { maxCount: 3 }, { expectedRevision: 0n });
    expect((await store.client.getStreamMetadata(stream)).metadata).toEqual({ maxCount: 3 });
  });

  it('makes the stream count as one that exists', async () => {
    const stream = newStream();
    await store.client.setStreamMetadata(stream, { maxCount: 10 });
    await store.client.appendToStream(stream, counted(1), { expectedRevision: STREAM_EXISTS });
    expect(await read(stream)).toEqual([0]);
  });

  it('can be read only as it is now', async () => {
    const stream = newStream();
    for (const maxCount of [1, 2, 3]) await store.client.setStreamMetadata(stream, { maxCount });
    const found = await collect(store.client.readStream(`$$${stream}`));
    expect(found.map(({ event }) => event?.type)).toEqual(['$metadata']);
    expect(revisions(found)).toEqual([2n]);
  });
});

describe('what can be read of a stream', () => {
  it('is its newest events where it has a greatest count', async () => {
    const stream = await streamOf(5);
    await store.client.setStreamMetadata(stream, { maxCount: 2 });
    expect(await read(stream)).toEqual([3, 4]);
    expect(await readBack(stream)).toEqual([4, 3]);
    await store.client.appendToStream(stream, counted(2, 5));
    expect(await read(stream)).toEqual([5, 6]);
    expect(
      numbers(await collect(store.client.readStream(stream, { fromRevision: 1n, maxCount: 5 }))),
    ).toEqual([5, 6]);
  });

  it('begins where it is truncated', async () => {
    const stream = await streamOf(5);
    await store.client.setStreamMetadata(stream, { truncateBefore: 3 });
    expect(await read(stream)).toEqual([3, 4]);
    expect(await readBack(stream)).toEqual([4, 3]);
    await store.client.setStreamMetadata(stream, { truncateBefore: 9 });
    expect(await read(stream)).toEqual([]);
    expect(await readBack(stream)).toEqual([]);
  });

  it('is what is not too old', async () => {
    const stream = await streamOf(2);
    await store.client.setStreamMetadata(stream, { maxAge: 1 });
    await eventually(async () => expect(await read(stream)).toEqual([]));
    expect(await readBack(stream)).toEqual([]);
    await store.client.setStreamMetadata(stream, { maxAge: 3_600 });
    expect(await read(stream)).toEqual([0, 1]);
  });

  it('is all of it again when the limits are lifted', async () => {
    const stream = await streamOf(3);
    await store.client.setStreamMetadata(stream, { maxCount: 1, truncateBefore: 2 });
    expect(await read(stream)).toEqual([2]);
    await store.client.setStreamMetadata(stream, {});
    expect(await read(stream)).toEqual([0, 1, 2]);
  });

  it('is what a subscription catches up on, too', async () => {
    const stream = await streamOf(5);
    await store.client.setStreamMetadata(stream, { maxCount: 2 });
    const subscription = store.client.subscribeToStream(stream);
    subscription.once('caughtUp', () => void store.client.appendToStream(stream, counted(1, 5)));
    expect(numbers(await take(3, subscription))).toEqual([3, 4, 5]);
  });

  it('is nothing old to a subscription where all of it is truncated', async () => {
    const stream = await streamOf(3);
    await store.client.setStreamMetadata(stream, { truncateBefore: 3 });
    const subscription = store.client.subscribeToStream(stream);
    subscription.once('caughtUp', () => void store.client.appendToStream(stream, counted(1, 3)));
    expect(numbers(await take(1, subscription))).toEqual([3]);
  });

  it('does not limit the numbers that new events get', async () => {
    const stream = await streamOf(5);
    await store.client.setStreamMetadata(stream, { maxCount: 1 });
    const answer = await store.client.appendToStream(stream, counted(1, 5), { expectedRevision: 4n });
    expect(answer.nextExpectedRevision).toBe(5n);
  });
});

describe('the metadata of a deleted stream', () => {
  it('survives a new beginning, but for the truncation', async () => {
    const stream = await streamOf(3);
    await store.client.deleteStream(stream);
    await store.client.setStreamMetadata(stream, { maxCount: 2, colour: 'blue' });
    const { metadata } = await store.client.getStreamMetadata(stream);
    expect(metadata).toEqual({ maxCount: 2, colour: 'blue', truncateBefore: 3 });
    await store.client.appendToStream(stream, counted(1, 3));
    expect(await read(stream)).toEqual([3]);
  });
});
