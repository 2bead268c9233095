import {
  ANY,
  ErrorType,
  NO_STREAM,
  StreamDeletedError,
  StreamNotFoundError,
  WrongExpectedVersionError,
} from '@eventstore/db-client';
import { collect, counted, failure, newStream, numbers, revisions, storeUnderTest } from './store-under-test';

const store = storeUnderTest();
const read = (stream: string) => collect(store.client.readStream(stream));

const streamOf = async (count: number): Promise<string> => {
  const stream = newStream();
  await store.client.appendToStream(stream, counted(count));
  return stream;
};

describe('a deleted stream', () => {
  it.each([ANY, 2n] as const)('is not found, deleted with %s expected', async (expectedRevision) => {
    const stream = await streamOf(3);
    const { position } = await store.client.deleteStream(stream, { expectedRevision });
    expect(position?.commit).toBeGreaterThan(0n);
    expect(await failure(read(stream))).toBeInstanceOf(StreamNotFoundError);
  });

  it.each([ANY, NO_STREAM, 2n] as const)(
    'begins anew where its numbers left off, appended to with %s expected',
    async (expectedRevision) => {
      const stream = await streamOf(3);
      await store.client.deleteStream(stream);
      const answer = await store.client.appendToStream(stream, counted(2, 10), { expectedRevision });
      expect(answer.nextExpectedRevision).toBe(4n);
      const events = await read(stream);
      expect(numbers(events)).toEqual([10, 11]);
      expect(revisions(events)).toEqual([3n, 4n]);
    },
  );

  it('can be deleted again after it has begun anew', async () => {
    const stream = await streamOf(1);
    await store.client.deleteStream(stream);
    await store.client.appendToStream(stream, counted(1, 1));
    await store.client.deleteStream(stream);
    expect(await failure(read(stream))).toBeInstanceOf(StreamNotFoundError);
    await store.client.appendToStream(stream, counted(1, 2));
    expect(numbers(await read(stream))).toEqual([2]);
  });

  it('is refused a deletion that expects something else', async () => {
    const stream = await streamOf(3);
    for (const expectedRevision of [1n, 7n, NO_STREAM] as const) {
      const error = await failure(store.client.deleteStream(stream, { expectedRevision }));
      expect(error).toBeInstanceOf(WrongExpectedVersionError);
      const expectedVersion = expectedRevision === NO_STREAM ? -1n : expectedRevision;
      expect(error).toMatchObject({ streamName: stream, expectedVersion, actualVersion: 2n });
    }
    expect(await read(stream)).toHaveLength(3);
  });
});

it('has to be there to be deleted', async () => {
  const error = await failure(store.client.deleteStream(newStream()));
  expect(error).toBeInstanceOf(WrongExpectedVersionError);
});

describe('a tombstoned stream', () => {
  it.each([ANY, 1n] as const)('is gone for good, tombstoned with %s expected', async (expectedRevision) => {
    const stream = await streamOf(2);
    const { position } = await store.client.tombstoneStream(stream, { expectedRevision });
    expect(position?.commit).toBeGreaterThan(0n);
    const attempts = [
      read(stream),
      store.client.appendToStream(stream, counted(1)),
      store.client.appendToStream(stream, counted(1), { expectedRevision: NO_STREAM }),
      store.client.appendToStream(stream, counted(1), {
        credentials: { username: 'admin', password: 'changeit' },
      }),
      store.client.deleteStream(stream),
      store.client.tombstoneStream(stream),
      store.client.setStreamMetadata(stream, { maxCount: 1 }),
    ];
    for (const error of await Promise.all(attempts.map(failure))) {
      expect(error).toBeInstanceOf(StreamDeletedError);
      expect(error).toMatchObject({ type: ErrorType.STREAM_DELETED });
    }
  });

  it('need not have been there before', async () => {
    const stream = newStream();
    await store.client.tombstoneStream(stream, { expectedRevision: NO_STREAM });
    expect(await failure(read(stream))).toBeInstanceOf(StreamDeletedError);
  });

  it('is spared where something else is expected', async () => {
    const stream = await streamOf(2);
    const error = await failure(store.client.tombstoneStream(stream, { expectedRevision: 0n }));
    expect(error).toMatchObject({ streamName: stream, expectedVersion: 0n, actualVersion: 1n });
    expect(await read(stream)).toHaveLength(2);
  });

  it('stays in the log, and so does its end', async () => {
    const stream = newStream();
    const { position } = await store.client.appendToStream(stream, counted(2));
    await store.client.tombstoneStream(stream);
    const log = await collect(store.client.readAll(position ? { fromPosition: position } : {}));
    const types = log.filter(({ event }) => event?.streamId === stream).map(({ event }) => event?.type);
    expect(types).toEqual(['Counted', '$streamDeleted']);
  });
});
