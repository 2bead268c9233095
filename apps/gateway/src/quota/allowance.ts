import { endOfMonth, epochMs } from '@claw/kernel';
import { isUnsettled, type QuotaRecord, worstCase } from './quota-record';

/** What an owner may do with the next message. */
export type Verdict =
  /** Accept it: it is counted. */
  | 'accepted'
  /** First take another block, or start the new month. */
  | 'refill'
  /** First count what is uncertain: the limit may not be reached after all. */
  | 'settle'
  /** The limit is reached. */
  | 'refuse';

/**
 * An owner's own account of one subaccount's month: what was used before it took over, what it accepted since, and
 * up to where it may go on without asking anybody. Holds no clock and does no IO.
 */
export class Allowance {
  private before = 0;
  private ceiling = 0;
  private since = 0;
  private lastSeq = 0;
  private endsAtMs = 0;
  private uncertain = false;

  constructor(record: QuotaRecord) {
    this.restart(record, 0);
  }

  /** Takes over from `record`, of whose grant the newest `mine` are this owner's to spend. */
  restart(record: QuotaRecord, mine: number): void {
    this.ceiling = worstCase(record);
    this.before = this.ceiling - mine;
    this.since = 0;
    this.lastSeq = record.throughSeq;
    this.endsAtMs = epochMs(endOfMonth(record.month));
    this.uncertain = isUnsettled(record) && record.granted > mine;
  }

  /** Decides on one message at `nowMs` under the limit as it is now. */
  take(limit: number, nowMs: number): Verdict {
    if (nowMs >= this.endsAtMs) return 'refill';
    const used = this.before + this.since;
    if (used >= limit) return this.uncertain ? 'settle' : 'refuse';
    if (used >= this.ceiling) return 'refill';
    this.since += 1;
    return 'accepted';
  }

  /** An accepted message was stored at `seq`. */
  stored(seq: number): void {
    if (seq > this.lastSeq) this.lastSeq = seq;
  }

  /** An accepted message was not stored, or had been stored before: it doesn't count. */
  giveBack(): void {
    this.since -= 1;
  }

  /** Nobody knows whether an accepted message was stored: it counts until OUTBOUND was counted. */
  doubt(): void {
    this.uncertain = true;
  }

  /** A larger block, granted on top of what there was. */
  raise(by: number): void {
    this.ceiling += by;
  }

  /** Never less than the truth, and exactly it unless {@link isUncertain}. */
  get used(): number {
    return this.before + this.since;
  }

  get isUncertain(): boolean {
    return this.uncertain;
  }

  /** The highest OUTBOUND sequence that `used` is known to count. */
  get throughSeq(): number {
    return this.lastSeq;
  }

  isOver(nowMs: number): boolean {
    return nowMs >= this.endsAtMs;
  }
}
