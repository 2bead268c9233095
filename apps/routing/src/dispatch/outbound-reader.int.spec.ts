import { randomUUID } from 'node:crypto';
import { partitionOf, streams, subjects } from '@claw/contracts';
import { Unavailable, withDeadline } from '@claw/kernel';
import { connectNats, ensureTopology, JetStreamPublisher, type NatsLink } from '@claw/messaging';
import { withNats } from '@claw/testing';
import { readOutbound } from './outbound-reader';

describe('reading a partition of OUTBOUND', () => {
  const server = withNats();
  let nats: NatsLink;
  beforeAll(async () => {
    nats = connectNats({ url: server.url, name: 'test' });
    await ensureTopology(nats, { streams: Object.values(streams), buckets: [], replicas: 1 });
  });
  afterAll(() => nats.close(1_000));

  /** Publishes so many messages of one chat; answers their sequences. */
  const publish = async (chatId: string, count: number): Promise<number[]> => {
    const publisher = new JetStreamPublisher(nats);
    const sequences: number[] = [];
    for (let index = 0; index < count; index += 1) {
      sequences.push((await publisher.publish(subjects.outbound(chatId, 'sub'), { index })).seq);
    }
    return sequences;
  };
  const read = (chatId: string, after: number, count: number): Promise<number[]> => {
    const stop = new AbortController();
    const partition = partitionOf(chatId);
    const reading = async (): Promise<number[]> => {
      const got: number[] = [];
      for await (const batch of readOutbound(nats, { partition, after, signal: stop.signal })) {
        got.push(...batch.map((message) => message.seq));
        if (got.length >= count) break;
      }
      return got;
    };
    return withDeadline(`reading ${count}`, 5_000, reading()).finally(() => stop.abort());
  };

  // The client asks for more after every 50, 200 and so on: nothing may be kept back at those edges.
  it.each([1, 49, 50, 51, 199, 200, 201, 250, 450])('gives all of %i, the last one too', async (count) => {
    const chatId = randomUUID();
    const sequences = await publish(chatId, count);
    expect(await read(chatId, (sequences[0] ?? 0) - 1, count)).toEqual(sequences);
  });

  it('gives what comes while it is reading', async () => {
    const chatId = randomUUID();
    const [first = 0] = await publish(chatId, 1);
    const reading = read(chatId, first, 60);
    const sequences = await publish(chatId, 60);
    expect(await reading).toEqual(sequences);
  });

  it('begins behind its place', async () => {
    const chatId = randomUUID();
    const sequences = await publish(chatId, 5);
    expect(await read(chatId, sequences[2] ?? 0, 2)).toEqual(sequences.slice(3));
  });

  it('ends when told to', async () => {
    const stop = new AbortController();
    const ending = readOutbound(nats, { partition: 1, after: 1e6, signal: stop.signal }).next();
    await publish(randomUUID(), 1);
    stop.abort();
    expect(await withDeadline('ending', 5_000, ending)).toEqual({ done: true, value: undefined });
  });

  it('breaks off when the server goes', async () => {
    const { signal } = new AbortController();
    const breaking = readOutbound(nats, { partition: 1, after: 1e6, signal }).next();
    const broken = expect(breaking).rejects.toThrow(Unavailable);
    await publish(randomUUID(), 1);
    await server.crash();
    await broken;
    await server.up();
    await nats.up(10_000);
  }, 30_000);
});
