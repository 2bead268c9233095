import {
  ANY,
  binaryEvent,
  ErrorType,
  EventStoreDBClient,
  jsonEvent,
  NO_STREAM,
  STREAM_EXISTS,
  StreamNotFoundError,
  WrongExpectedVersionError,
} from '@eventstore/db-client';
import type { AppendExpectedRevision } from '@eventstore/db-client';
import { collect, counted, failure, newStream, numbers, revisions, storeUnderTest } from './store-under-test';

const store = storeUnderTest();

/** The client appends in a batch, but where a call has credentials of its own. */
const WAYS = [
  { way: 'in a batch', options: {} },
  { way: 'as a stream', options: { credentials: { username: 'admin', password: 'changeit' } } },
];

describe.each(WAYS)('appending $way', ({ options }) => {
  const append = (
    stream: string,
    events: Parameters<typeof store.client.appendToStream>[1],
    expectedRevision: AppendExpectedRevision = ANY,
  ) => store.client.appendToStream(stream, events, { ...options, expectedRevision });
  const read = (stream: string) => collect(store.client.readStream(stream));

  it('numbers the events of a stream from 0 on', async () => {
    const stream = newStream();
    expect((await append(stream, counted(3))).nextExpectedRevision).toBe(2n);
    expect((await append(stream, counted(2, 3))).nextExpectedRevision).toBe(4n);
    const events = await read(stream);
    expect(revisions(events)).toEqual([0n, 1n, 2n, 3n, 4n]);
    expect(numbers(events)).toEqual([0, 1, 2, 3, 4]);
  });

  it('answers where in the log the last event stands', async () => {
    const stream = newStream();
    const { position } = await append(stream, counted(2));
    const events = await read(stream);
    expect(events.at(-1)?.event?.position).toEqual(position);
  });

  it('gives back an event as it was sent', async () => {
    const stream = `${newStream()}-prüfung-✓`;
    const before = Date.now();
    const sent = jsonEvent({
      type: 'Prüfung ✓',
      data: { text: 'zwölf', deep: [{ a: null }] },
      metadata: { by: 'me' },
    });
    const bytes = binaryEvent({ type: 'raw', data: Buffer.from([0, 255, 128]), metadata: Buffer.from([1]) });
    await append(stream, [sent, bytes]);
    const [first, second] = await read(stream);
    expect(first?.event).toMatchObject({
      id: sent.id,
      streamId: stream,
      type: sent.type,
      data: sent.data,
      metadata: sent.metadata,
      isJson: true,
    });
    expect(first?.event?.created.getTime()).toBeGreaterThan(before - 60_000);
    expect(first?.event?.created.getTime()).toBeLessThan(Date.now() + 60_000);
    expect(second?.event).toMatchObject({ id: bytes.id, type: 'raw', isJson: false });
    expect(Buffer.from(Object(second?.event?.data))).toEqual(Buffer.from([0, 255, 128]));
    expect(Buffer.from(Object(second?.event?.metadata))).toEqual(Buffer.from([1]));
  });

  it('goes ahead where the stream is as it is expected to be', async () => {
    const stream = newStream();
    await append(stream, counted(1), NO_STREAM);
    await append(stream, counted(1, 1), 0n);
    await append(stream, counted(1, 2), STREAM_EXISTS);
    await append(stream, counted(1, 3), ANY);
    expect(numbers(await read(stream))).toEqual([0, 1, 2, 3]);
  });

  it.each<{
    expected: AppendExpectedRevision;
    existing: number;
    actual: bigint | typeof NO_STREAM;
  }>([
    { expected: NO_STREAM, existing: 2, actual: 1n },
    { expected: 0n, existing: 2, actual: 1n },
    { expected: 5n, existing: 2, actual: 1n },
    { expected: 0n, existing: 0, actual: NO_STREAM },
    { expected: STREAM_EXISTS, existing: 0, actual: NO_STREAM },
  ])(
    'refuses where $expected is expected and the stream is at $actual',
    async ({ expected, existing, actual }) => {
      const stream = newStream();
      if (existing > 0) await append(stream, counted(existing));
      const error = await failure(append(stream, counted(1, 9), expected));
      expect(error).toBeInstanceOf(WrongExpectedVersionError);
      expect(error).toMatchObject({
        type: ErrorType.WRONG_EXPECTED_VERSION,
        streamName: stream,
        expectedVersion: expected,
        actualVersion: actual,
      });
      if (existing > 0) expect(await read(stream)).toHaveLength(existing);
      else expect(await failure(read(stream))).toBeInstanceOf(StreamNotFoundError);
    },
  );

  it('lets one of many win that expect the same', async () => {
    const stream = newStream();
    await append(stream, counted(1));
    const racers = Array.from({ length: 50 }, (_, n) => append(stream, counted(2, n * 2), 0n));
    const outcomes = await Promise.allSettled(racers);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await read(stream)).toHaveLength(3);
  });

  it.each<{ expected: AppendExpectedRevision; existing: number }>([
    { expected: ANY, existing: 0 },
    { expected: NO_STREAM, existing: 0 },
    { expected: 1n, existing: 2 },
    { expected: STREAM_EXISTS, existing: 2 },
  ])('answers a retry as the first time where $expected is expected', async ({ expected, existing }) => {
    const stream = newStream();
    if (existing > 0) await append(stream, counted(existing));
    const events = counted(3, 10);
    const first = await append(stream, events, expected);
    await append(stream, counted(1, 20));
    const retry = await append(stream, events, expected);
    expect(retry.nextExpectedRevision).toBe(first.nextExpectedRevision);
    expect(await read(stream)).toHaveLength(existing + 4);
  });

  it('writes an append once that is sent many times at once', async () => {
    const stream = newStream();
    const events = counted(3);
    const answers = await Promise.all(Array.from({ length: 20 }, () => append(stream, events, NO_STREAM)));
    expect(new Set(answers.map((answer) => answer.nextExpectedRevision))).toEqual(new Set([2n]));
    expect(await read(stream)).toHaveLength(3);
  });

  it('takes an event id again in another stream', async () => {
    const events = counted(1);
    await append(newStream(), events);
    const other = newStream();
    await append(other, events);
    expect(await read(other)).toHaveLength(1);
  });

  it.each<AppendExpectedRevision>([ANY, NO_STREAM])(
    'refuses a retry that has grown, where %s is expected',
    async (expected) => {
      const stream = newStream();
      const [known, unknown] = [counted(1), counted(1, 1)];
      await append(stream, known, expected);
      const error = await failure(append(stream, [...known, ...unknown], expected));
      expect(error).toBeInstanceOf(WrongExpectedVersionError);
      expect(await read(stream)).toHaveLength(1);
    },
  );

  it('keeps the events of one append together and in order, whatever else is appended', async () => {
    const stream = newStream();
    await Promise.all(Array.from({ length: 30 }, (_, n) => append(stream, counted(10, n * 10))));
    const found = numbers(await read(stream)).map(Number);
    expect(found).toHaveLength(300);
    for (let at = 0; at < found.length; at += 10) {
      const first = found[at] ?? NaN;
      expect(found.slice(at, at + 10)).toEqual(Array.from({ length: 10 }, (_, n) => first + n));
    }
  });

  it('takes an append of nearly 1 MiB, and refuses one above', async () => {
    const stream = newStream();
    const sized = (bytes: number) => binaryEvent({ type: 'big', data: Buffer.alloc(bytes, 7) });
    await append(stream, [sized(500_000), sized(540_000)]);
    const error = await failure(append(stream, [sized(500_000), sized(560_000)]));
    expect(error).toMatchObject({
      type: ErrorType.MAXIMUM_APPEND_SIZE_EXCEEDED,
      maxAppendSize: 1024 * 1024,
    });
    const events = await read(stream);
    expect(events.map(({ event }) => Buffer.from(Object(event?.data)).length)).toEqual([500_000, 540_000]);
  });

  it('writes nothing once the deadline has passed', async () => {
    const stream = newStream();
    const error = await failure(
      store.client.appendToStream(stream, counted(1), { ...options, deadline: -1 }),
    );
    expect(error).toMatchObject({ type: ErrorType.DEADLINE_EXCEEDED });
    expect(await failure(read(stream))).toBeInstanceOf(StreamNotFoundError);
  });
});

it('answers a refusal as a value where the client is told not to throw', async () => {
  const client = EventStoreDBClient.connectionString(`${store.url}&throwOnAppendFailure=false`);
  try {
    const stream = newStream();
    const answer = await client.appendToStream(stream, counted(1), { expectedRevision: 7n });
    expect(answer.success).toBe(false);
  } finally {
    await client.dispose();
  }
});
