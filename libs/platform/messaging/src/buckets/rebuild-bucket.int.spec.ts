import { randomName, withNats } from '@claw/testing';
import { z } from 'zod';
import { withLinks } from '../linked.fixture';
import { KvBucket } from './kv-bucket';
import { rebuildBucket } from './rebuild-bucket';

describe('rebuildBucket', () => {
  const nats = withNats();
  const links = withLinks(nats);
  const schema = z.object({ revision: z.number(), text: z.string() });
  type Value = z.infer<typeof schema>;
  const bucketOf = async () => {
    const name = randomName('bucket');
    return new KvBucket(await links.linkWith([], [{ name }]), name, schema);
  };
  const value = (revision: number, text = 'x'): Value => ({ revision, text });
  const contents = async (bucket: KvBucket<Value>): Promise<Record<string, Value | undefined>> => {
    const keys = await bucket.keys();
    const entries = keys.map(async (key) => [key, (await bucket.get(key))?.value] as const);
    return Object.fromEntries(await Promise.all(entries));
  };

  it('writes what differs, leaves what is equal or newer, and prunes what the log does not hold', async () => {
    const bucket = await bucketOf();
    await bucket.put('equal', value(3));
    await bucket.put('stale', value(3));
    await bucket.put('newer', value(9));
    await bucket.put('wrong', value(3, 'a bug of before'));
    await bucket.put('ghost', value(1));
    const log = new Map(['equal', 'stale', 'newer', 'wrong', 'missing'].map((key) => [key, value(3)]));
    log.set('stale', value(4));
    expect(await rebuildBucket(bucket, () => log)).toEqual({ written: 3, pruned: 1, unchanged: 2 });
    expect(await contents(bucket)).toEqual({
      equal: value(3),
      stale: value(4),
      newer: value(9),
      wrong: value(3),
      missing: value(3),
    });
    expect(await rebuildBucket(bucket, () => log)).toEqual({ written: 0, pruned: 0, unchanged: 5 });
  });

  it('leaves keys alone that its filter does not match', async () => {
    const bucket = await bucketOf();
    await bucket.put('sub.1', value(1));
    await bucket.put('agency.1', value(1));
    expect(await rebuildBucket(bucket, () => [], { filter: 'sub.*' })).toMatchObject({ pruned: 1 });
    expect(await bucket.keys()).toEqual(['agency.1']);
  });

  it('rewrites what can not be read', async () => {
    const bucket = await bucketOf();
    const anything = new KvBucket(bucket.nats, bucket.name, z.looseObject({}));
    await anything.put('a', { nonsense: true });
    await rebuildBucket(bucket, () => [['a', value(0)]]);
    expect((await bucket.get('a'))?.value).toEqual(value(0));
  });

  it('prunes nothing that was written after it began', async () => {
    const bucket = await bucketOf();
    await bucket.put('claimed', value(1));
    const log = async function* (): AsyncGenerator<readonly [string, Value]> {
      yield ['known', value(1)];
      await bucket.put('claimed', value(2));
      await bucket.put('brand-new', value(0));
    };
    expect(await rebuildBucket(bucket, log)).toEqual({ written: 1, pruned: 0, unchanged: 0 });
    expect((await bucket.keys()).sort()).toEqual(['brand-new', 'claimed', 'known']);
  });

  it('equals what live updates made, under traffic, and no key is ever missing meanwhile', async () => {
    const bucket = await bucketOf();
    const log = new Map<string, Value>();
    const keys = Array.from({ length: 60 }, (_, n) => `key${n}`);
    const update = async (key: string): Promise<void> => {
      const next = value((log.get(key)?.revision ?? -1) + 1);
      log.set(key, next);
      await bucket.putNewer(key, next);
    };
    await Promise.all(keys.map(update));
    await bucket.put('ghost', value(0));
    let rebuilding = true;
    const missing: string[] = [];
    const traffic = async (offset: number): Promise<void> => {
      for (let n = offset; rebuilding; n += 1) await update(keys[(n * 5 + offset) % keys.length] ?? '');
    };
    const reads = async (): Promise<void> => {
      for (let n = 0; rebuilding; n += 1) {
        const key = keys[n % keys.length] ?? '';
        if ((await bucket.get(key)) === undefined) missing.push(key);
      }
    };
    const live = [traffic(0), traffic(1), traffic(2), reads()];
    const readLog = () => [...log].map(([key, stored]) => [key, { ...stored }] as const);
    for (let round = 0; round < 5; round += 1) await rebuildBucket(bucket, readLog, { concurrency: 8 });
    rebuilding = false;
    await Promise.all(live);
    expect(missing).toEqual([]);
    expect(await contents(bucket)).toEqual(Object.fromEntries(log));
  });

  it('stops with the failure where the log can not be read, and prunes nothing', async () => {
    const bucket = await bucketOf();
    await bucket.put('kept', value(1));
    const log = async function* (): AsyncGenerator<readonly [string, Value]> {
      yield ['a', value(1)];
      throw new Error('the log is gone');
    };
    await expect(rebuildBucket(bucket, log)).rejects.toThrow('the log is gone');
    expect((await bucket.get('kept'))?.value).toEqual(value(1));
  });
});
