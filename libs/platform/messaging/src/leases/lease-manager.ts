import { backoffMs, Unavailable, withDeadline } from '@claw/kernel';
import { z } from 'zod';
import { KvBucket } from '../buckets/kv-bucket';
import { reasonOf, WrongLastSequence } from '../connection/faults';
import type { NatsLink } from '../connection/nats-link';
import { type Log, silentLog } from '../log';
import { pause } from '../pause';

const leaseSchema = z.object({ owner: z.string(), epoch: z.number().int().nullable() });

/**
 * Every node of a cluster lets a lease run out by its own timer, and judges by what it has itself whether a new one
 * may be written: for a moment they could disagree, and the copies would differ ever after (nats-server before
 * 2.10.19). So one that has just run out is left alone for this part of its lifetime.
 */
const settledAfter = 1 / 20;
const takeOverTries = 20;

export interface LeaseHolder {
  readonly owner: string;
  readonly epoch: number;
}

/** The right to be the only one, for as long as it is renewed. */
export interface Lease {
  readonly name: string;
  /** Higher with every acquisition of anybody: what is written under a lower one is to be refused. */
  readonly epoch: number;
  /** Aborted once the lease is lost, or could not be renewed in time. */
  readonly signal: AbortSignal;
  /** Whether it is still held by this process's own clock, however late its timers are. */
  held(): boolean;
  /** Gives it back, so that the next owner needn't wait. */
  release(): Promise<void>;
}

export interface LeaseManagerOptions {
  /** The bucket of leases, and the lifetime of its values. */
  readonly bucket: string;
  readonly ttlMs: number;
  readonly logger?: Log;
}

/** Leases in a bucket whose values expire: who doesn't renew loses, by the server's clock and earlier by his own. */
export class LeaseManager {
  readonly ttlMs: number;
  private readonly bucket: KvBucket<z.infer<typeof leaseSchema>>;
  private readonly log: Log;

  constructor(
    readonly nats: NatsLink,
    options: LeaseManagerOptions,
  ) {
    this.ttlMs = options.ttlMs;
    this.log = options.logger ?? silentLog;
    // Who waits longer for one answer could not ask again before the lease has run out.
    this.bucket = new KvBucket(nats, options.bucket, leaseSchema, options.ttlMs / 3);
  }

  /**
   * The lease, or undefined while another owner (or another holding of this one) has it. With `takeOver` it is
   * taken from whoever has it: that one learns so when renewing, and until then only the epoch tells the two
   * apart. Throws `Unavailable`.
   */
  async acquire(
    name: string,
    owner: string,
    { takeOver = false }: { readonly takeOver?: boolean } = {},
  ): Promise<Lease | undefined> {
    const value = { owner, epoch: null };
    for (let attempt = 1; attempt <= takeOverTries; attempt += 1) {
      const held = await this.bucket.get(name);
      if (held !== undefined && !takeOver) return undefined;
      if (held === undefined) await pause(this.ttlMs * settledAfter);
      const askedAt = performance.now();
      try {
        const epoch = await (held === undefined
          ? this.bucket.create(name, value)
          : this.bucket.update(name, value, held.revision));
        return new HeldLease(this.bucket, this.log, this.ttlMs, name, owner, epoch, askedAt);
      } catch (error) {
        if (!(error instanceof WrongLastSequence)) throw error;
        if (!takeOver) return undefined;
      }
    }
    throw new Unavailable(`lease ${name}`);
  }

  /** Who has it now; undefined where nobody has. Throws `Unavailable`. */
  async holder(name: string): Promise<LeaseHolder | undefined> {
    const entry = await this.bucket.get(name);
    return entry && { owner: entry.value.owner, epoch: entry.value.epoch ?? entry.revision };
  }
}

class HeldLease implements Lease {
  readonly signal: AbortSignal;
  private readonly lost = new AbortController();
  private readonly renewing: Promise<void>;
  private expiry: NodeJS.Timeout | undefined;
  private revision: number;
  private validUntil = 0;

  constructor(
    private readonly bucket: KvBucket<z.infer<typeof leaseSchema>>,
    private readonly log: Log,
    private readonly ttlMs: number,
    readonly name: string,
    private readonly owner: string,
    readonly epoch: number,
    askedAt: number,
  ) {
    this.signal = this.lost.signal;
    this.revision = epoch;
    this.extend(askedAt);
    this.renewing = this.renew();
  }

  held(): boolean {
    return !this.signal.aborted && performance.now() < this.validUntil;
  }

  async release(): Promise<void> {
    const wasHeld = this.held();
    this.end();
    await withDeadline(`the last renewal of lease ${this.name}`, this.ttlMs, this.renewing).catch(
      () => undefined,
    );
    if (!wasHeld) return;
    try {
      await this.bucket.delete(this.name, this.revision);
    } catch (error) {
      this.log.warn(
        { lease: this.name, reason: reasonOf(error) },
        'lease not handed back: it runs out by itself',
      );
    }
  }

  /** Counted from before the server was asked: it can't have started its own count earlier. A tenth is for clocks that differ. */
  private extend(askedAt: number): void {
    this.validUntil = askedAt + this.ttlMs * 0.9;
    clearTimeout(this.expiry);
    this.expiry = setTimeout(() => this.lose('not renewed in time'), this.validUntil - performance.now());
  }

  private async renew(): Promise<void> {
    for (let failures = 0; !this.signal.aborted;) {
      await pause(failures === 0 ? this.ttlMs / 3 : backoffMs(failures, 50, this.ttlMs / 10), this.signal);
      if (this.signal.aborted) return;
      const askedAt = performance.now();
      try {
        this.revision = await this.bucket.update(
          this.name,
          { owner: this.owner, epoch: this.epoch },
          this.revision,
        );
        failures = 0;
        if (!this.signal.aborted) this.extend(askedAt);
      } catch (error) {
        if (error instanceof WrongLastSequence && !(await this.adoptOwnRenewal())) {
          this.lose('another owner has it');
          return;
        }
        failures += 1;
      }
    }
  }

  /** A renewal whose answer was lost has moved the revision on: that is still this holding. */
  private async adoptOwnRenewal(): Promise<boolean> {
    try {
      const entry = await this.bucket.get(this.name);
      if (entry === undefined || entry.value.epoch !== this.epoch || entry.value.owner !== this.owner)
        return false;
      this.revision = entry.revision;
      return true;
    } catch {
      return true;
    }
  }

  private lose(reason: string): void {
    if (this.signal.aborted) return;
    this.log.warn({ lease: this.name, epoch: this.epoch, reason }, 'lease lost');
    this.end();
  }

  private end(): void {
    clearTimeout(this.expiry);
    this.lost.abort();
  }
}
