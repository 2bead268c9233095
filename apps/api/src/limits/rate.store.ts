import { setTimeout as pause } from 'node:timers/promises';
import { buckets } from '@claw/contracts';
import { backoffMs, type Clock, epochMs, Unavailable, withDeadline } from '@claw/kernel';
import {
  type BucketEntry,
  KvBucket,
  type Log,
  type NatsLink,
  reasonOf,
  WrongLastSequence,
} from '@claw/messaging';
import { type Grant, type RateWindow, rateWindowSchema, windowAt } from './rate-window';

/** How long a caller is kept waiting for its count before this replica counts by itself. */
const answerWithinMs = 1_000;
/** How long the store is then left alone. */
const outageMs = 1_000;
const casTries = 30;

/** A grant that every replica will see, and the window as it is stored with it. */
export interface StoredGrant {
  readonly grant: Grant;
  readonly stored: BucketEntry<RateWindow> | undefined;
}

/** The windows that all replicas share. */
export class RateStore {
  private readonly bucket: KvBucket<RateWindow>;
  private outUntilMs = 0;

  constructor(
    nats: NatsLink,
    private readonly log: Log,
    private readonly clock: Clock,
  ) {
    this.bucket = new KvBucket(nats, buckets.rates.name, rateWindowSchema);
  }

  /**
   * Writes what `decide` makes of the running window, by compare-and-set; one round trip where `known` is still what
   * is stored. Undefined where the store doesn't answer in time, and for a second after: a limit is not worth the
   * front door.
   */
  async take(
    key: string,
    known: BucketEntry<RateWindow> | undefined,
    decide: (window: RateWindow) => Grant,
  ): Promise<StoredGrant | undefined> {
    if (this.nowMs() < this.outUntilMs) return undefined;
    try {
      const work = this.compareAndSet(key, known, decide);
      const taken = await withDeadline('counting calls', answerWithinMs, work);
      this.noteAnswer();
      return taken;
    } catch (error) {
      this.noteOutage(error);
      return undefined;
    }
  }

  private async compareAndSet(
    key: string,
    known: BucketEntry<RateWindow> | undefined,
    decide: (window: RateWindow) => Grant,
  ): Promise<StoredGrant> {
    let stored = known;
    let isFresh = false;
    for (let attempt = 1; attempt <= casTries; attempt += 1) {
      const window = windowAt(stored?.value, this.nowMs());
      const grant = decide(window);
      if (grant.window === window) {
        // Nothing is left, which only what is stored right now can tell.
        if (isFresh) return { grant, stored };
      } else {
        const written = await this.write(key, grant.window, stored);
        if (written !== undefined) return { grant, stored: written };
        await pause(attempt > 2 ? backoffMs(attempt - 2, 2, 50) : 0);
      }
      stored = await this.bucket.get(key);
      isFresh = true;
    }
    throw new Unavailable(`bucket ${buckets.rates.name}`);
  }

  /** Undefined where another replica was faster. */
  private async write(
    key: string,
    value: RateWindow,
    over: BucketEntry<RateWindow> | undefined,
  ): Promise<BucketEntry<RateWindow> | undefined> {
    try {
      const revision = await (over === undefined
        ? this.bucket.create(key, value)
        : this.bucket.update(key, value, over.revision));
      return { key, value, revision };
    } catch (error) {
      if (error instanceof WrongLastSequence) return undefined;
      throw error;
    }
  }

  private noteOutage(error: unknown): void {
    if (this.outUntilMs === 0) {
      this.log.warn(
        { reason: reasonOf(error) },
        'rates are not shared for now: this replica counts by itself',
      );
    }
    this.outUntilMs = this.nowMs() + outageMs;
  }

  private noteAnswer(): void {
    if (this.outUntilMs !== 0) this.log.info({}, 'rates are shared again');
    this.outUntilMs = 0;
  }

  private nowMs(): number {
    return epochMs(this.clock.now());
  }
}
