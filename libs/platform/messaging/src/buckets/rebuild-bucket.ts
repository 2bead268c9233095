import { isDeepStrictEqual } from 'node:util';
import { backoffMs, Unavailable } from '@claw/kernel';
import { WrongLastSequence } from '../connection/faults';
import { pause } from '../pause';
import { type BucketEntry, decodeEntry, type Revised, revisionOf } from './bucket-entry';
import { scanBucket } from './bucket-watch';
import type { KvBucket } from './kv-bucket';

export interface RebuildOptions {
  /** Which keys are rebuilt, by pattern; others are left alone. All unless told. */
  readonly filter?: string;
  /** Writes at the same time; 50 unless told. */
  readonly concurrency?: number;
  /** For the look at what the bucket holds; 5 minutes unless told. */
  readonly scanDeadlineMs?: number;
}

export interface Rebuilt {
  readonly written: number;
  readonly pruned: number;
  readonly unchanged: number;
}

interface Stored<T> {
  readonly value: T | undefined;
  readonly revision: number;
}

const casTries = 50;

/**
 * Makes a bucket's values equal to what the log says, while services read and write it: writes only what
 * differs, never over a newer revision, then removes what the log doesn't hold — but nothing that was written
 * since it began. `desired` is called after the look at the bucket, so that it can't be older than what is there.
 */
export const rebuildBucket = async <T extends Revised>(
  bucket: KvBucket<T>,
  desired: () => AsyncIterable<readonly [key: string, value: T]> | Iterable<readonly [key: string, value: T]>,
  options: RebuildOptions = {},
): Promise<Rebuilt> => {
  const { concurrency = 50 } = options;
  const before = await storedIn(bucket, options);
  let written = 0;
  let unchanged = 0;
  let pruned = 0;
  await inParallel(concurrency, desired(), async ([key, value]) => {
    const stored = before.get(key);
    before.delete(key);
    if (await writeUnlessNewer(bucket, key, value, stored)) written += 1;
    else unchanged += 1;
  });
  await inParallel(concurrency, before, async ([key, { revision }]) => {
    if (await prune(bucket, key, revision)) pruned += 1;
  });
  return { written, pruned, unchanged };
};

const storedIn = async <T>(
  bucket: KvBucket<T>,
  { filter = '>', scanDeadlineMs = 300_000 }: RebuildOptions,
): Promise<Map<string, Stored<T>>> => {
  const stored = new Map<string, Stored<T>>();
  await scanBucket(bucket.nats, { bucket: bucket.name, filter, deadlineMs: scanDeadlineMs }, (entry) => {
    if (entry.deleted) stored.delete(entry.key);
    else stored.set(entry.key, { value: readable(bucket, entry.key, entry.data), revision: entry.sequence });
  });
  return stored;
};

/** What can't be read is there all the same, and older than anything. */
const readable = <T>(bucket: KvBucket<T>, key: string, data: Uint8Array): T | undefined => {
  try {
    return decodeEntry(bucket.schema, bucket.name, key, data);
  } catch {
    return undefined;
  }
};

const settled = (stored: unknown, value: Revised): boolean =>
  stored !== undefined &&
  (revisionOf(stored) > value.revision ||
    (revisionOf(stored) === value.revision && isDeepStrictEqual(stored, value)));

const writeUnlessNewer = async <T extends Revised>(
  bucket: KvBucket<T>,
  key: string,
  value: T,
  before: Stored<T> | undefined,
): Promise<boolean> => {
  let stored = before;
  for (let attempt = 1; attempt <= casTries; attempt += 1) {
    if (settled(stored?.value, value)) return false;
    try {
      await (stored === undefined ? bucket.create(key, value) : bucket.update(key, value, stored.revision));
      return true;
    } catch (error) {
      if (!(error instanceof WrongLastSequence)) throw error;
      await pause(backoffMs(attempt, 2, 100));
      const entry: BucketEntry<T> | undefined = await bucket.get(key);
      stored = entry;
    }
  }
  throw new Unavailable(`bucket ${bucket.name}`);
};

const prune = async <T>(bucket: KvBucket<T>, key: string, revision: number): Promise<boolean> => {
  try {
    await bucket.delete(key, revision);
    return true;
  } catch (error) {
    if (error instanceof WrongLastSequence) return false;
    throw error;
  }
};

/** Works the items with so many at the same time; after a failure no further one is begun, and it is thrown. */
const inParallel = async <Item>(
  concurrency: number,
  items: AsyncIterable<Item> | Iterable<Item>,
  work: (item: Item) => Promise<void>,
): Promise<void> => {
  const running = new Set<Promise<void>>();
  for await (const item of items) {
    const one: Promise<void> = work(item).finally(() => running.delete(one));
    one.catch(() => undefined);
    running.add(one);
    if (running.size >= concurrency) await Promise.race(running);
  }
  await Promise.all(running);
};
