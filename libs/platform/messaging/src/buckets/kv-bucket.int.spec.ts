import { randomName, withNats } from '@claw/testing';
import { z } from 'zod';
import { WrongLastSequence } from '../connection/faults';
import { withLinks } from '../linked.fixture';
import { UnreadableEntry } from './bucket-entry';
import { KvBucket } from './kv-bucket';

describe('KvBucket', () => {
  const nats = withNats();
  const links = withLinks(nats);
  const schema = z.object({ text: z.string(), revision: z.number() });
  const bucketOf = async () => {
    const name = randomName('bucket');
    const link = await links.linkWith([], [{ name }]);
    return { name, link, bucket: new KvBucket(link, name, schema) };
  };
  const value = (revision: number, text = 'x') => ({ revision, text });

  it('reads what was written, and nothing where nothing is', async () => {
    const { bucket } = await bucketOf();
    expect(await bucket.get('sub.1')).toBeUndefined();
    const revision = await bucket.put('sub.1', value(1));
    expect(await bucket.get('sub.1')).toEqual({ key: 'sub.1', value: value(1), revision });
  });

  it('has nothing under a key that was deleted, and takes a new value for it', async () => {
    const { bucket } = await bucketOf();
    await bucket.create('a', value(1));
    await bucket.delete('a');
    expect(await bucket.get('a')).toBeUndefined();
    expect(await bucket.keys()).toEqual([]);
    await expect(bucket.create('a', value(2))).resolves.toBe(3);
  });

  it('creates only where nothing is, and updates and deletes only the revision that was read', async () => {
    const { bucket } = await bucketOf();
    const revision = await bucket.create('a', value(1));
    await expect(bucket.create('a', value(1))).rejects.toThrow(WrongLastSequence);
    const next = await bucket.update('a', value(2), revision);
    await expect(bucket.update('a', value(3), revision)).rejects.toThrow(WrongLastSequence);
    await expect(bucket.delete('a', revision)).rejects.toThrow(WrongLastSequence);
    await bucket.delete('a', next);
    expect(await bucket.get('a')).toBeUndefined();
  });

  it('keeps the newest revision, however many write and in whatever order', async () => {
    const { bucket } = await bucketOf();
    const revisions = Array.from({ length: 40 }, (_, index) => (index * 7) % 40);
    await Promise.all(revisions.map((revision) => bucket.putNewer('a', value(revision))));
    expect((await bucket.get('a'))?.value).toEqual(value(39));
    expect(await bucket.putNewer('a', value(39, 'again'))).toBe(false);
    expect(await bucket.putNewer('a', value(12))).toBe(false);
    expect(await bucket.putNewer('a', value(40))).toBe(true);
  });

  it('lists the keys that match', async () => {
    const { bucket } = await bucketOf();
    expect(await bucket.keys()).toEqual([]);
    for (const key of ['sub.1', 'sub.2', 'agency.1']) await bucket.put(key, value(1));
    await bucket.delete('sub.2');
    expect(await bucket.keys('sub.*')).toEqual(['sub.1']);
    expect((await bucket.keys()).sort()).toEqual(['agency.1', 'sub.1']);
  });

  it('takes a pattern for no key', async () => {
    const { bucket } = await bucketOf();
    await bucket.put('secret', value(1));
    await expect(bucket.get('*')).rejects.toThrow(/is no key/);
    await expect(bucket.get('>')).rejects.toThrow(/is no key/);
    await expect(bucket.get('')).rejects.toThrow(/is no key/);
  });

  it('refuses to read what its schema does not know, without telling what it is', async () => {
    const { name, link, bucket } = await bucketOf();
    await new KvBucket(link, name, z.object({ other: z.string() })).put('a', { other: 'geheim' });
    const read = bucket.get('a');
    await expect(read).rejects.toThrow(UnreadableEntry);
    await expect(read).rejects.not.toThrow(/geheim/);
  });

  it('is unavailable where the bucket is missing: that is no empty bucket', async () => {
    const { link } = await bucketOf();
    const missing = new KvBucket(link, randomName('missing'), schema);
    await expect(missing.get('a')).rejects.toMatchObject({ name: 'Unavailable' });
    await expect(missing.put('a', value(1))).rejects.toMatchObject({ name: 'Unavailable' });
    await expect(missing.keys()).rejects.toMatchObject({ name: 'Unavailable' });
  });

  it('is unavailable at once while NATS is down, and works when it is back', async () => {
    const { link, bucket } = await bucketOf();
    await bucket.put('a', value(1));
    await nats.crash();
    try {
      await expect(bucket.get('a')).rejects.toMatchObject({ name: 'Unavailable' });
    } finally {
      await nats.up();
    }
    await link.up(5_000);
    expect((await bucket.get('a'))?.value).toEqual(value(1));
  });
});
