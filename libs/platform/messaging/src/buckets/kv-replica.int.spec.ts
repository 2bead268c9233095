import { eventually, randomName, withNats } from '@claw/testing';
import { z } from 'zod';
import { withLinks } from '../linked.fixture';
import { ensureTopology } from '../topology/ensure-topology';
import { KvBucket } from './kv-bucket';
import { KvReplica, type ReplicaOptions } from './kv-replica';

describe('KvReplica', () => {
  const nats = withNats();
  const links = withLinks(nats);
  const schema = z.object({ n: z.number() });
  const running: { stop(): Promise<void> }[] = [];
  afterEach(async () => {
    await Promise.all(running.splice(0).map((replica) => replica.stop()));
  });

  const setUp = async (options: Partial<ReplicaOptions<{ n: number }, number>> = {}) => {
    const name = randomName('bucket');
    const link = await links.linkWith([], [{ name }]);
    const bucket = new KvBucket(link, name, schema);
    const replicate = () => {
      const replica = new KvReplica<{ n: number }, number>(link, {
        bucket: name,
        schema,
        map: (_, { n }) => n,
        ...options,
      });
      running.push(replica);
      return replica;
    };
    return { name, link, bucket, replicate };
  };

  it('is ready with what was there, and follows what changes', async () => {
    const { bucket, replicate } = await setUp();
    await Promise.all(Array.from({ length: 500 }, (_, n) => bucket.put(`key${n}`, { n })));
    await bucket.delete('key7');
    const replica = replicate();
    expect(replica.isReady).toBe(false);
    await replica.ready;
    expect(replica.size).toBe(499);
    expect(replica.get('key8')).toBe(8);
    expect(replica.get('key7')).toBeUndefined();
    await bucket.put('key8', { n: 80 });
    await bucket.delete('key9');
    await bucket.put('new', { n: 1 });
    await eventually(() => expect(replica.get('new')).toBe(1));
    expect(replica.get('key8')).toBe(80);
    expect(replica.get('key9')).toBeUndefined();
    expect(replica.staleMs).toBe(0);
    expect(await replica.behind()).toBe(0);
  });

  it('is ready at once where the bucket is empty', async () => {
    const { replicate } = await setUp();
    const replica = replicate();
    await replica.ready;
    expect(replica.size).toBe(0);
  });

  it('is ready while others write all the time', async () => {
    const { bucket, replicate } = await setUp();
    let writing = true;
    const write = async (key: number): Promise<void> => {
      while (writing) await bucket.put(`key${key}`, { n: performance.now() });
    };
    const writers = Array.from({ length: 20 }, (_, key) => write(key));
    try {
      const replica = replicate();
      await replica.ready;
      expect(replica.size).toBeGreaterThan(0);
    } finally {
      writing = false;
      await Promise.all(writers);
    }
  });

  it('keeps only the keys that match and the values that are mapped', async () => {
    const { bucket, replicate } = await setUp({
      filter: 'even.*',
      map: (_, { n }) => (n < 10 ? n : undefined),
    });
    await bucket.put('even.2', { n: 2 });
    await bucket.put('even.4', { n: 4 });
    await bucket.put('even.12', { n: 12 });
    await bucket.put('odd.1', { n: 1 });
    const replica = replicate();
    await replica.ready;
    expect(replica.size).toBe(2);
    await bucket.put('even.4', { n: 44 });
    await eventually(() => expect(replica.get('even.4')).toBeUndefined());
    expect(replica.size).toBe(1);
  });

  it('tells its listeners of every change, once', async () => {
    const { bucket, replicate } = await setUp();
    await bucket.put('a', { n: 1 });
    const replica = replicate();
    await replica.ready;
    const told: (number | undefined)[] = [];
    const end = replica.onChange((_, value) => told.push(value));
    await bucket.put('a', { n: 2 });
    await bucket.delete('a');
    await bucket.delete('a');
    await bucket.put('a', { n: 3 });
    await eventually(() => expect(told).toEqual([2, undefined, 3]));
    end();
    await bucket.put('a', { n: 4 });
    await eventually(() => expect(replica.get('a')).toBe(4));
    expect(told).toHaveLength(3);
  });

  it('leaves out what can not be read, also where it could before', async () => {
    const { name, link, bucket, replicate } = await setUp();
    await bucket.put('a', { n: 1 });
    const replica = replicate();
    await replica.ready;
    await new KvBucket(link, name, z.object({ n: z.string() })).put('a', { n: 'one' });
    await eventually(() => expect(replica.get('a')).toBeUndefined());
  });

  it('serves what it has while NATS is away, and then brings in what it missed, deletions too', async () => {
    const { name, bucket, replicate } = await setUp();
    for (const key of ['kept', 'changed', 'deleted', 'purged']) await bucket.put(key, { n: 1 });
    const replica = replicate();
    await replica.ready;
    const seen = new Set<number>();
    replica.onChange(() => seen.add(replica.size));
    await nats.crash();
    await eventually(() => expect(replica.staleMs).toBeGreaterThan(0));
    expect(replica.size).toBe(4);
    expect(replica.get('kept')).toBe(1);
    // The replica's own link is held off while another one changes what it can't see.
    await nats.up();
    const other = links.link();
    await other.up(5_000);
    const writer = new KvBucket(other, name, schema);
    await writer.put('changed', { n: 2 });
    await writer.delete('deleted');
    await (await other.manager()).streams.purge(`KV_${name}`, { filter: `$KV.${name}.purged` });
    await eventually(() => {
      expect(replica.staleMs).toBe(0);
      expect(replica.get('changed')).toBe(2);
      expect(replica.get('deleted')).toBeUndefined();
    });
    expect(replica.get('kept')).toBe(1);
    expect([...seen].every((size) => size >= 2)).toBe(true);
  });

  it('drops what vanished without a trace when it watches anew', async () => {
    const { name, link, bucket, replicate } = await setUp();
    await bucket.put('kept', { n: 1 });
    await bucket.put('purged', { n: 1 });
    const replica = replicate();
    await replica.ready;
    await (await link.manager()).streams.purge(`KV_${name}`, { filter: `$KV.${name}.purged` });
    await link.now().connection.reconnect();
    await eventually(() => expect(replica.get('purged')).toBeUndefined());
    expect(replica.get('kept')).toBe(1);
  });

  it('follows a bucket that was made anew', async () => {
    const { name, link, bucket, replicate } = await setUp();
    await bucket.put('old', { n: 1 });
    const replica = replicate();
    await replica.ready;
    await (await link.manager()).streams.delete(`KV_${name}`);
    await ensureTopology(link, { streams: [], buckets: [{ name }], replicas: 1 });
    await bucket.put('new', { n: 2 });
    await link.now().connection.reconnect();
    await eventually(() => expect(replica.get('new')).toBe(2));
    expect(replica.get('old')).toBeUndefined();
  });

  it('waits for a bucket that is not there yet', async () => {
    const link = links.link();
    const name = randomName('later');
    const replica = new KvReplica(link, { bucket: name, schema, map: (_, { n }) => n });
    running.push(replica);
    await link.connection();
    expect(replica.isReady).toBe(false);
    await ensureTopology(link, { streams: [], buckets: [{ name }], replicas: 1 });
    await replica.ready;
  });
});
