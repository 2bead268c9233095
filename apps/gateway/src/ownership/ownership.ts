import { instant, monthOf, Unavailable } from '@claw/kernel';
import { type BucketEntry, type KvBucket, WrongLastSequence } from '@claw/messaging';
import type { NowMs } from '../clock';
import type { OutboundLog } from '../outbound/outbound-log';
import type { Peers } from '../peers/peers';
import type { ProcessLease } from '../peers/process-lease';
import { OwnershipLost, QuotaKeeper } from '../quota/quota-keeper';
import { inMonth, newQuota, type QuotaRecord, takenBy } from '../quota/quota-record';
import { Desk } from '../sending/desk';
import { RecentSends } from '../sending/recent-sends';
import type { FactFinder } from '../sending/fact-finder';
import type { Timings } from '../timings';

export interface OwnershipParts {
  readonly bucket: KvBucket<QuotaRecord>;
  readonly outbound: OutboundLog;
  readonly peers: Peers;
  readonly lease: ProcessLease;
  readonly facts: FactFinder;
  readonly timings: Timings;
  readonly nowMs: NowMs;
}

/** Whose a subaccount turned out to be. */
export type Found =
  | { readonly kind: 'here'; readonly desk: Desk }
  | { readonly kind: 'elsewhere'; readonly process: string }
  | { readonly kind: 'contested' }
  /** The socket that asks is the older one of two. */
  | { readonly kind: 'replaced' };

/** Who asks: a socket needs the subaccount here; a call can be answered elsewhere, but for an owner that is gone. */
export type Asker = 'new socket' | 'resumed socket' | 'call' | 'call in place of its owner';

const mostTries = 5;

/** Which subaccounts are in this process's hands, and how they come here and go. */
export class Ownership {
  private readonly desks = new Map<string, Desk>();
  /** Desks that were let go of with messages still under way. */
  private readonly leaving = new Set<Desk>();
  private readonly coming = new Map<string, Promise<Found>>();
  private stopping = false;

  constructor(private readonly parts: OwnershipParts) {
    parts.lease.whenLost(() => {
      for (const desk of this.desks.values()) this.forget(desk);
    });
  }

  /** The desk, if it is here. */
  deskOf(subaccountId: string): Desk | undefined {
    const desk = this.desks.get(subaccountId);
    return desk?.closed === true ? undefined : desk;
  }

  get all(): readonly Desk[] {
    return [...this.desks.values()];
  }

  /**
   * Finds the subaccount's owner, and becomes it where nobody else is or where a socket needs it here. Throws
   * `Unavailable`.
   */
  async find(subaccountId: string, agencyId: string, asker: Asker): Promise<Found> {
    for (let attempt = 0; attempt < mostTries; attempt += 1) {
      const desk = this.deskOf(subaccountId);
      if (desk !== undefined) return { kind: 'here', desk };
      const underWay = this.coming.get(subaccountId);
      if (underWay === undefined) return this.begin(subaccountId, agencyId, asker);
      await underWay.catch(() => undefined);
    }
    throw new Unavailable('gateway');
  }

  /** Gives a desk up, settled, once what it has under way has ended. Throws `Unavailable`. */
  async giveUp(desk: Desk): Promise<void> {
    desk.close();
    try {
      await desk.inTurn(() => desk.quiet());
      await desk.quota.release();
    } catch (error) {
      // Another gateway has taken it over meanwhile, and counts by itself.
      if (!(error instanceof OwnershipLost)) throw error;
    } finally {
      this.forget(desk);
    }
  }

  /** Lets go of a desk that is, or may be, another's. */
  forget(desk: Desk): void {
    desk.close();
    if (this.desks.get(desk.subaccountId) === desk) this.desks.delete(desk.subaccountId);
    if (desk.isQuiet) return;
    this.leaving.add(desk);
    void desk.quiet().then(() => this.leaving.delete(desk));
  }

  /** Resolves when nothing of the subaccount's is under way in this process outside of a desk it still has. */
  async hasLeft(subaccountId: string): Promise<void> {
    const leaving = [...this.leaving].filter((desk) => desk.subaccountId === subaccountId);
    await Promise.all(leaving.map((desk) => desk.quiet()));
  }

  /** Gives everything up; what can't be settled in time is counted by the next owner. */
  async stop(): Promise<void> {
    this.stopping = true;
    await Promise.allSettled(this.all.map((desk) => this.giveUp(desk)));
  }

  private begin(subaccountId: string, agencyId: string, asker: Asker): Promise<Found> {
    const coming = this.take(subaccountId, agencyId, asker).finally(() => this.coming.delete(subaccountId));
    this.coming.set(subaccountId, coming);
    return coming;
  }

  private async take(subaccountId: string, agencyId: string, asker: Asker): Promise<Found> {
    const { bucket, lease } = this.parts;
    for (let attempt = 0; attempt < mostTries; attempt += 1) {
      if (this.stopping || !lease.held()) throw new Unavailable('gateway');
      let entry = await bucket.get(subaccountId);
      const owner = entry?.value.owner ?? null;
      if (owner !== null && owner !== lease.process) {
        const answer = await this.askOwner(owner, subaccountId, asker);
        if (answer === 'keeps it') return { kind: 'elsewhere', process: owner };
        if (answer !== 'free') return { kind: answer };
        // What it settled is in the record now.
        entry = await bucket.get(subaccountId);
      }
      const desk = await this.become(subaccountId, agencyId, entry);
      if (desk !== undefined) return { kind: 'here', desk };
    }
    throw new Unavailable('gateway');
  }

  /** An owner that is gone, or silent, is passed over: what it was granted stays withheld until it can be counted. */
  private async askOwner(
    owner: string,
    subaccountId: string,
    asker: Asker,
  ): Promise<'free' | 'keeps it' | 'contested' | 'replaced'> {
    const { lease, peers, timings } = this.parts;
    if (asker === 'call') return 'keeps it';
    if (asker === 'call in place of its owner' || !(await lease.isAlive(owner))) return 'free';
    try {
      const request = { ask: 'yield', subaccountId, reason: asker } as const;
      const { answer } = await peers.ask(owner, request, timings.yielding);
      return answer === 'contested' || answer === 'replaced' ? answer : 'free';
    } catch (error) {
      if (error instanceof Unavailable) return 'free';
      throw error;
    }
  }

  /** Undefined where another process was first. */
  private async become(
    subaccountId: string,
    agencyId: string,
    entry: BucketEntry<QuotaRecord> | undefined,
  ): Promise<Desk | undefined> {
    const { bucket, outbound, facts, lease } = this.parts;
    const nowMs = this.parts.nowMs();
    const month = monthOf(instant(nowMs));
    const value = takenBy(inMonth(entry?.value ?? newQuota(month), month), lease.process);
    try {
      const revision =
        entry === undefined
          ? await bucket.create(subaccountId, value)
          : await bucket.update(subaccountId, value, entry.revision);
      const quota = new QuotaKeeper({
        subaccountId,
        bucket,
        outbound,
        entry: { key: subaccountId, value, revision },
        isCleared: (debtor) => this.isCleared(debtor, subaccountId),
      });
      const { sendsBurst } = facts.terms(subaccountId, agencyId).limits;
      const desk = new Desk(
        subaccountId,
        agencyId,
        quota,
        new RecentSends(outbound, subaccountId),
        sendsBurst,
        nowMs,
      );
      this.desks.set(subaccountId, desk);
      return desk;
    } catch (error) {
      if (error instanceof WrongLastSequence) return undefined;
      throw error;
    }
  }

  /** Whether a former owner has nothing of the subaccount's under way any more. */
  private async isCleared(debtor: string, subaccountId: string): Promise<boolean> {
    const { lease, peers, timings } = this.parts;
    if (debtor === lease.process) {
      await this.hasLeft(subaccountId);
      return true;
    }
    if (!(await lease.isAlive(debtor))) return true;
    try {
      const request = { ask: 'yield', subaccountId, reason: 'settlement' } as const;
      return (await peers.ask(debtor, request, timings.yielding)).answer === 'yielded';
    } catch (error) {
      if (error instanceof Unavailable) return false;
      throw error;
    }
  }
}
