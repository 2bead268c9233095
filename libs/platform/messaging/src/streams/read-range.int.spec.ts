import { randomName, withNats } from '@claw/testing';
import { connectNats, type NatsLink } from '../connection/nats-link';
import { JetStreamPublisher } from '../publish/jetstream-publisher';
import { ensureTopology } from '../topology/ensure-topology';
import { readRange } from './read-range';

const nats = withNats();
let link: NatsLink;

beforeAll(() => {
  link = connectNats({ url: nats.url, name: 'test', timeoutMs: 3_000 });
});
afterAll(() => link.close());

const streamOf = async (count: number): Promise<string> => {
  const stream = randomName('stream');
  const streams = [{ name: stream, subjects: [`${stream}.>`], discard: 'new' as const }];
  await ensureTopology(link, { streams, buckets: [], replicas: 1 });
  const publisher = new JetStreamPublisher(link);
  await Promise.all(Array.from({ length: count }, (_, n) => publisher.publish(`${stream}.x`, { n })));
  return stream;
};

const read = async (from: Pick<NatsLink, 'now' | 'manager'>, stream: string): Promise<readonly number[]> => {
  const seqs: number[] = [];
  for await (const { seq } of readRange(from, { stream, filter: `${stream}.>`, from: { seq: 1 } })) {
    seqs.push(seq);
  }
  return seqs;
};

describe('reading a range of a stream', () => {
  it('gives everything that the stream holds, in order, over many batches', async () => {
    const stream = await streamOf(1_201);
    expect(await read(link, stream)).toEqual(Array.from({ length: 1_201 }, (_, index) => index + 1));
  });

  it('gives nothing of an empty stream', async () => {
    expect(await read(link, await streamOf(0))).toEqual([]);
  });

  it('is no end where the server forgot the reader before it got anything: that is `Unavailable`', async () => {
    const stream = await streamOf(3);
    const forgetful: Pick<NatsLink, 'now' | 'manager'> = {
      now: () => link.now(),
      manager: async () => {
        const manager = await link.manager();
        const consumers = Object.create(manager.consumers) as typeof manager.consumers;
        consumers.add = async (...given) => {
          const made = await manager.consumers.add(...given);
          await manager.consumers.delete(stream, made.name);
          return made;
        };
        return Object.assign(Object.create(manager) as typeof manager, { consumers });
      },
    };
    await expect(read(forgetful, stream)).rejects.toMatchObject({ name: 'Unavailable' });
  }, 20_000);
});
