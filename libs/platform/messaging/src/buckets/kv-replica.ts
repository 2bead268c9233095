import { withDeadline } from '@claw/kernel';
import type { z } from 'zod';
import { reasonOf } from '../connection/faults';
import { healingAskAfter, healingAskMs, healingPauseMs } from '../connection/healing';
import type { NatsLink } from '../connection/nats-link';
import { type Log, silentLog } from '../log';
import { pause } from '../pause';
import { decodeEntry } from './bucket-entry';
import { type BucketWatch, type RawEntry, watchBucket } from './bucket-watch';

/** What a copy is kept in; a Map fits, and so does something smaller for a million entries. */
export interface ReplicaStore<V> {
  readonly size: number;
  get(key: string): V | undefined;
  set(key: string, value: V): unknown;
  delete(key: string): unknown;
  keys(): Iterable<string>;
}

export interface ReplicaOptions<T, V> {
  readonly bucket: string;
  readonly schema: z.ZodType<T>;
  /** Which keys, by pattern (`sub.*`); all unless told. */
  readonly filter?: string;
  /** What is kept of a value; undefined keeps nothing (and lets go of what was kept for the key). */
  readonly map: (key: string, value: T) => V | undefined;
  readonly store?: ReplicaStore<V>;
  readonly logger?: Log;
}

export type ReplicaListener<V> = (key: string, value: V | undefined) => void;

/** Before it has anything a replica had better wait: to begin a watch of a million keys takes the server five seconds. */
const firstAskMs = 15_000;

/**
 * A copy of a bucket in memory, fed by a watch: milliseconds behind, and for as long as NATS is away what it was
 * (a new watch then brings in what changed and drops what is gone, without ever being empty in between). Not for
 * buckets whose values expire: nobody tells a watch.
 */
export class KvReplica<T, V = T> {
  /** Resolves when everything that was in the bucket is here; rejects where it is stopped before. */
  readonly ready: Promise<void>;
  private readonly store: ReplicaStore<V>;
  private readonly listeners = new Set<ReplicaListener<V>>();
  private readonly stopped = new AbortController();
  private readonly log: Log;
  private readonly running: Promise<void>;
  private applied = 0;
  private incarnation: string | undefined;
  private loaded = false;
  private followingSince: number | undefined;
  private lostSince: number | undefined = performance.now();
  private watch: BucketWatch | undefined;
  private markReady: () => void = () => undefined;

  constructor(
    private readonly nats: NatsLink,
    private readonly options: ReplicaOptions<T, V>,
  ) {
    this.log = options.logger ?? silentLog;
    this.store = options.store ?? new Map<string, V>();
    this.ready = new Promise((resolve, reject) => {
      this.markReady = resolve;
      this.stopped.signal.addEventListener(
        'abort',
        () => reject(new Error(`replica of ${options.bucket} stopped`)),
        {
          once: true,
        },
      );
    });
    this.ready.catch(() => undefined);
    this.running = this.run();
  }

  get(key: string): V | undefined {
    return this.store.get(key);
  }

  get size(): number {
    return this.store.size;
  }

  /** Whether the copy has ever been complete. */
  get isReady(): boolean {
    return this.loaded;
  }

  /** Milliseconds for which changes may have been missed; 0 while the watch is up. */
  get staleMs(): number {
    return this.lostSince === undefined ? 0 : performance.now() - this.lostSince;
  }

  /** Changes that the server has not sent yet; undefined where it can't tell now. */
  async behind(): Promise<number | undefined> {
    try {
      return await this.watch?.pending();
    } catch {
      return undefined;
    }
  }

  /** Calls `listener` after every change (undefined: gone); the answer ends that. */
  onChange(listener: ReplicaListener<V>): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  async stop(): Promise<void> {
    this.stopped.abort();
    await withDeadline(`stopping the replica of ${this.options.bucket}`, 10_000, this.running);
  }

  private async run(): Promise<void> {
    for (let failures = 0; !this.stopped.signal.aborted;) {
      try {
        await this.nats.up(5_000, this.stopped.signal);
        if (this.stopped.signal.aborted) return;
        await this.follow(this.loaded ? healingAskAfter(failures) : firstAskMs);
      } catch (error) {
        this.lostSince ??= performance.now();
        failures = this.followingSince === undefined ? failures + 1 : 1;
        this.followingSince = undefined;
        if (this.stopped.signal.aborted) return;
        this.log.warn(
          { bucket: this.options.bucket, reason: reasonOf(error) },
          'replica waits for its bucket',
        );
        await pause(healingPauseMs(failures), this.stopped.signal);
      }
    }
  }

  /** One watch, until it breaks or the replica is stopped. */
  private async follow(askMs: number): Promise<void> {
    await this.forgetOtherIncarnation();
    /** The keys that are told until it has caught up, where some may be gone. */
    let present: Set<string> | undefined = this.store.size > 0 ? new Set() : undefined;
    const { bucket, filter = '>' } = this.options;
    try {
      await new Promise<void>((resolve, reject) => {
        this.stopped.signal.addEventListener('abort', () => resolve(), { once: true });
        watchBucket(
          this.nats,
          { bucket, filter, askMs },
          {
            entry: (entry) => {
              if (!entry.deleted) present?.add(entry.key);
              this.apply(entry);
            },
            caughtUp: () => {
              this.caughtUp(present);
              present = undefined;
            },
            broken: reject,
          },
        ).then((watch) => {
          this.watch = watch;
          if (this.stopped.signal.aborted) watch.stop();
        }, reject);
      });
    } finally {
      this.watch?.stop();
      this.watch = undefined;
    }
  }

  /** Of a bucket that was made anew, or lost its end, nothing is known by its sequence. */
  private async forgetOtherIncarnation(): Promise<void> {
    const manager = await this.nats.manager(healingAskMs);
    const { created, state } = await manager.streams.info(`KV_${this.options.bucket}`);
    if (String(created) !== this.incarnation || state.last_seq < this.applied) this.applied = 0;
    this.incarnation = String(created);
  }

  private apply(entry: RawEntry): void {
    // What a new watch tells again is here already.
    if (entry.sequence <= this.applied) return;
    this.applied = entry.sequence;
    if (entry.deleted) this.remove(entry.key);
    else this.set(entry);
  }

  private set(entry: RawEntry): void {
    const { bucket, schema, map } = this.options;
    try {
      const value = map(entry.key, decodeEntry(schema, bucket, entry.key, entry.data));
      if (value === undefined) this.remove(entry.key);
      else {
        this.store.set(entry.key, value);
        this.tell(entry.key, value);
      }
    } catch (error) {
      this.log.error({ bucket, key: entry.key, reason: reasonOf(error) }, 'entry left out of the replica');
      this.remove(entry.key);
    }
  }

  private remove(key: string): void {
    if (this.store.get(key) === undefined) return;
    this.store.delete(key);
    this.tell(key, undefined);
  }

  private caughtUp(present: ReadonlySet<string> | undefined): void {
    if (present !== undefined) {
      const gone = [...this.store.keys()].filter((key) => !present.has(key));
      for (const key of gone) this.remove(key);
    }
    this.lostSince = undefined;
    this.followingSince = performance.now();
    this.loaded = true;
    this.markReady();
  }

  private tell(key: string, value: V | undefined): void {
    for (const listener of this.listeners) {
      try {
        listener(key, value);
      } catch (error) {
        this.log.error({ bucket: this.options.bucket, key, error }, 'replica listener failed');
      }
    }
  }
}
