import { epochMs, instant, type Instant, monthOf } from '@claw/kernel';
import { type BucketEntry, type KvBucket, WrongLastSequence } from '@claw/messaging';
import type { OutboundLog } from '../outbound/outbound-log';
import { Allowance, type Verdict } from './allowance';
import { grantBlock, inMonth, type QuotaRecord, settledAt } from './quota-record';

/** Another gateway, or an earlier write of this one whose answer was lost, changed the record: own nothing any more. */
export class OwnershipLost extends Error {
  constructor(subaccountId: string) {
    super(`subaccount ${subaccountId} is not this gateway's any more`);
    this.name = 'OwnershipLost';
  }
}

export type Reconciled = 'as it was' | 'corrected' | 'still uncertain';

export interface QuotaKeeperOptions {
  readonly subaccountId: string;
  readonly bucket: KvBucket<QuotaRecord>;
  readonly outbound: OutboundLog;
  /** The record as it was when this process became its owner. */
  readonly entry: BucketEntry<QuotaRecord>;
  /** Whether a former owner has nothing under way any more. */
  readonly isCleared: (debtor: string) => Promise<boolean>;
}

/**
 * An owner's account and its record together. Everything but {@link take} writes by compare-and-set and throws
 * {@link OwnershipLost} or `Unavailable`; what needs a quiet moment says so.
 */
export class QuotaKeeper {
  private readonly allowance: Allowance;
  private record: QuotaRecord;
  private revision: number;

  constructor(private readonly options: QuotaKeeperOptions) {
    this.record = options.entry.value;
    this.revision = options.entry.revision;
    this.allowance = new Allowance(this.record);
  }

  take(limit: number, nowMs: number): Verdict {
    return this.allowance.take(limit, nowMs);
  }

  stored(seq: number): void {
    this.allowance.stored(seq);
  }

  giveBack(): void {
    this.allowance.giveBack();
  }

  doubt(): void {
    this.allowance.doubt();
  }

  get used(): number {
    return this.allowance.used;
  }

  get isUncertain(): boolean {
    return this.allowance.isUncertain;
  }

  get takeovers(): readonly Instant[] {
    return this.record.takeovers;
  }

  /** Kept with the next write. */
  tookOver(at: Instant): void {
    this.record = { ...this.record, takeovers: [...this.record.takeovers, at].slice(-3) };
  }

  /** Whether the month has ended: {@link refill} then needs a quiet moment. */
  isOver(nowMs: number): boolean {
    return this.allowance.isOver(nowMs);
  }

  /** Takes the next block under `limit`, and starts the new month where one has begun. `quiet`: nothing is under way. */
  async refill(limit: number, nowMs: number, quiet: boolean): Promise<void> {
    const rolled = inMonth(this.record, monthOf(instant(nowMs)));
    if (rolled !== this.record) await this.startWith(rolled, limit);
    else if (quiet && !this.allowance.isUncertain) await this.startWith(this.settled(), limit);
    else {
      const next = grantBlock(this.record, limit);
      const by = next.granted - this.record.granted;
      if (by === 0) return;
      await this.write(next);
      this.allowance.raise(by);
    }
  }

  /**
   * Counts in OUTBOUND what was accepted since the last settlement, or in the whole month; only at a quiet moment.
   * Without effect while a former owner may still have messages under way.
   */
  async reconcile(nowMs: number, wholeMonth = false): Promise<Reconciled> {
    const { subaccountId, outbound, isCleared } = this.options;
    const cleared = await Promise.all(this.record.debtors.map(isCleared));
    if (cleared.includes(false)) return 'still uncertain';
    const before = this.allowance.used;
    const current = inMonth(this.record, monthOf(instant(nowMs)));
    const [base, afterSeq] = wholeMonth ? [0, 0] : [current.used, current.throughSeq];
    const { accepted, throughSeq } = await outbound.countAfter(subaccountId, current.month, afterSeq);
    await this.startWith(settledAt(current, base + accepted, throughSeq), 0);
    return this.allowance.used === before ? 'as it was' : 'corrected';
  }

  /** Counts people written to for the first time today (UTC), durably; false where that would be more than `limit`. */
  async countNewRecipients(newcomers: number, limit: number, nowMs: number): Promise<boolean> {
    const day = instant(nowMs).slice(0, 'YYYY-MM-DD'.length);
    const { newRecipients } = this.record;
    const count = (newRecipients.day === day ? newRecipients.count : 0) + newcomers;
    if (count > limit) return false;
    await this.write({ ...this.record, newRecipients: { day, count } });
    return true;
  }

  /** Gives the subaccount back, exactly counted where that is known; only at a quiet moment. */
  async release(): Promise<void> {
    const settled = this.allowance.isUncertain ? this.record : this.settled();
    await this.write({ ...settled, owner: null });
  }

  private settled(): QuotaRecord {
    return settledAt(this.record, this.allowance.used, this.allowance.throughSeq);
  }

  private async startWith(settled: QuotaRecord, limit: number): Promise<void> {
    const next = grantBlock(settled, limit);
    await this.write(next);
    this.allowance.restart(next, next.granted - settled.granted);
  }

  private async write(next: QuotaRecord): Promise<void> {
    const { bucket, subaccountId } = this.options;
    try {
      this.revision = await bucket.update(subaccountId, next, this.revision);
      this.record = next;
    } catch (error) {
      throw error instanceof WrongLastSequence ? new OwnershipLost(subaccountId) : error;
    }
  }
}

const contestedWithinMs = 10_000;
const contestedAfter = 3;

/** Whether two clients keep taking one subaccount from each other: the newer one is then refused. */
export const isContested = (takeovers: readonly Instant[], nowMs: number): boolean =>
  takeovers.filter((at) => nowMs - epochMs(at) < contestedWithinMs).length >= contestedAfter;
