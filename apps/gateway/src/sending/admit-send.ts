import type { PhoneNumber, SendAccepted, SendFrame } from '@claw/contracts';
import { endOfMonth, instant, monthOf, Unavailable } from '@claw/kernel';
import type { BucketEntry } from '@claw/messaging';
import type { NowMs } from '../clock';
import type { Timings } from '../timings';
import { type Destination, refusalBy, type SendFacts } from './admission';
import type { Desk } from './desk';
import type { FactFinder, Terms } from './fact-finder';
import type { IdempotencyKeys } from './idempotency-keys';
import type { IdempotencyRecord } from './idempotency-record';
import type { Addressee } from './recipient';
import { type Refusal, refusals } from './refusals';
import { accepted } from './send-result';
import type { TokenBucket } from './token-bucket';

/** Leave to publish: counted, paced, from whom and to whom. */
export interface Admitted {
  readonly recipient: Addressee;
  readonly from: PhoneNumber;
  readonly nowMs: number;
  /** The reserved message of an idempotency key. */
  readonly reserved?: BucketEntry<IdempotencyRecord>;
}

/** The desk was closed meanwhile: the subaccount's sends are accepted elsewhere now. */
export const moved = 'moved';
export type Moved = typeof moved;

export interface AdmitSendParts {
  readonly facts: FactFinder;
  readonly idempotency: IdempotencyKeys;
  /** Whether this process may act as an owner: its lease is valid by its own clock. */
  readonly mayAccept: () => boolean;
  readonly timings: Timings;
  readonly nowMs: NowMs;
}

/** A block, a settlement, a new month: each needs one more round, and none should need many. */
const mostRounds = 10;
const secondsPerMinute = 60;

/** Judges sends: status, route, opt-out, rate, limit, in this order. */
export class AdmitSend {
  constructor(private readonly parts: AdmitSendParts) {}

  /** From memory alone; undefined where that can't tell. */
  atOnce(desk: Desk, frame: SendFrame, nowMs: number): Admitted | Refusal | undefined {
    if (desk.closed || !this.parts.mayAccept()) return undefined;
    const { facts } = this.parts;
    const terms = facts.terms(desk.subaccountId, desk.agencyId);
    const found = facts.known(desk.subaccountId, terms, frame);
    const { sendingNumber: from, limits } = terms;
    const { destination } = found;
    if (destination.kind !== 'number' || refusalBy(found) !== undefined || from === undefined) {
      return undefined;
    }
    const { number, claimRevision } = destination;
    const recipient = desk.recipient(number, claimRevision, limits.sendsPerRecipientPerMinute, nowMs);
    // One without a chat may be new, which is counted by asking.
    if (!recipient.chatStored) return undefined;
    if (desk.quota.take(terms.messageLimit, nowMs) !== 'accepted') return undefined;
    const waitMs = pace(desk, [recipient.rate], limits, nowMs);
    if (waitMs === 0) return { recipient, from, nowMs };
    desk.quota.giveBack();
    return refusals.rateLimited(waitMs);
  }

  /** As {@link atOnce}, asking NATS where it has to. Throws `Unavailable` and `OwnershipLost`. */
  async inTurn(
    desk: Desk,
    frame: SendFrame,
    arrivedMs: number,
  ): Promise<Admitted | Refusal | SendAccepted | Moved> {
    const { timings, mayAccept } = this.parts;
    if (desk.closed) return moved;
    if (!mayAccept() || this.parts.nowMs() - arrivedMs > timings.publish) throw new Unavailable('gateway');
    const keyed = await this.lookUpKey(desk, frame);
    if (keyed?.kind === 'conflict') return refusals.idempotencyConflict;
    if (keyed?.kind === 'stored') return accepted(frame.id, keyed.messageId, keyed.chatId);

    const { terms, facts } = await this.find(desk, frame);
    const refusal = refusalBy(facts);
    if (refusal !== undefined) return refusal;
    const { sendingNumber: from, messageLimit, limits } = terms;
    if (from === undefined) throw new Unavailable('sending number');
    const nowMs = this.parts.nowMs();
    const [recipient, rates] = addressee(desk, facts.destination, limits, nowMs);
    const waitMs = pace(desk, rates, limits, nowMs);
    if (waitMs > 0) return refusals.rateLimited(waitMs);
    const counted = await this.count(desk, frame, recipient, messageLimit);
    if (typeof counted !== 'number') return counted;
    const tooNew = await this.countNewcomers(desk, facts.destination, recipient, limits, nowMs);
    if (tooNew !== undefined) return tooNew;
    const admitted = { recipient, from, nowMs: counted };
    if (frame.idempotencyKey === undefined) return this.ifStillOwner(desk, admitted);
    if (keyed?.kind === 'reserved') return this.ifStillOwner(desk, { ...admitted, reserved: keyed.entry });
    const reserved = await this.reserve(desk, frame, frame.idempotencyKey, admitted);
    return reserved === undefined
      ? this.inTurn(desk, frame, arrivedMs)
      : this.ifStillOwner(desk, { ...admitted, reserved });
  }

  /** All that was waited for took time: who isn't the owner any more publishes nothing. */
  private ifStillOwner(desk: Desk, admitted: Admitted): Admitted | Moved {
    if (!desk.closed && this.parts.mayAccept()) return admitted;
    desk.quota.giveBack();
    if (desk.closed) return moved;
    throw new Unavailable('gateway');
  }

  /** From memory, and from the buckets before that is held against a send. */
  private async find(
    { subaccountId, agencyId }: Desk,
    frame: SendFrame,
  ): Promise<{ readonly terms: Terms; readonly facts: SendFacts }> {
    const { facts } = this.parts;
    const terms = facts.terms(subaccountId, agencyId);
    const known = facts.known(subaccountId, terms, frame);
    return refusalBy(known) === undefined
      ? { terms, facts: known }
      : facts.fresh(subaccountId, agencyId, frame);
  }

  /** People that the subaccount has never had a chat with count against a limit of their own, once. */
  private async countNewcomers(
    desk: Desk,
    destination: Destination,
    recipient: Addressee,
    { newRecipientsPerDay }: Terms['limits'],
    nowMs: number,
  ): Promise<Refusal | undefined> {
    if (recipient.chatStored || recipient.acquainted) return undefined;
    let counted = false;
    try {
      const newcomers = await this.parts.facts.newcomers(desk.subaccountId, destination);
      counted =
        newcomers === 0 || (await desk.quota.countNewRecipients(newcomers, newRecipientsPerDay, nowMs));
    } finally {
      if (!counted) desk.quota.giveBack();
    }
    recipient.acquainted = counted;
    return counted ? undefined : refusals.newRecipientLimit(untilTomorrowMs(nowMs));
  }

  private lookUpKey(desk: Desk, frame: SendFrame) {
    return frame.idempotencyKey === undefined
      ? undefined
      : this.parts.idempotency.look(desk.subaccountId, frame, frame.idempotencyKey);
  }

  /** Counts the message against the limit; answers the time of its acceptance, or why there is none. */
  private async count(
    desk: Desk,
    frame: SendFrame,
    recipient: Addressee,
    messageLimit: number,
  ): Promise<number | Refusal | SendAccepted | Moved> {
    for (let round = 0; round < mostRounds; round += 1) {
      const nowMs = this.parts.nowMs();
      const verdict = desk.quota.take(messageLimit, nowMs);
      if (verdict === 'accepted') return nowMs;
      if (verdict === 'refuse') {
        return (await this.retryOf(desk, frame, recipient, nowMs)) ?? limitReached(nowMs);
      }
      if (verdict === 'settle') {
        await desk.quiet();
        if ((await desk.quota.reconcile(nowMs)) === 'still uncertain') break;
      } else {
        if (desk.quota.isOver(nowMs)) await desk.quiet();
        await desk.quota.refill(messageLimit, nowMs, desk.isQuiet);
      }
      if (desk.closed) return moved;
    }
    throw new Unavailable('quota');
  }

  /** A retry of an accepted message is answered as the first one even where nothing more may be accepted. */
  private async retryOf(
    desk: Desk,
    frame: SendFrame,
    recipient: Addressee,
    nowMs: number,
  ): Promise<SendAccepted | undefined> {
    if (frame.idempotencyKey !== undefined) return undefined;
    const first = await desk.recentSends.firstOf(frame, recipient, desk.quota.used, nowMs);
    return first && accepted(frame.id, first.messageId, first.chatId);
  }

  /** Undefined where the key was reserved by somebody else just now. */
  private async reserve(desk: Desk, frame: SendFrame, key: string, { recipient, nowMs }: Admitted) {
    let reserved: BucketEntry<IdempotencyRecord> | undefined;
    try {
      const { subaccountId } = desk;
      reserved = await this.parts.idempotency.reserve(subaccountId, frame, key, recipient.chatId, nowMs);
      return reserved;
    } finally {
      if (reserved === undefined) desk.quota.giveBack();
    }
  }
}

/** The desk's state of a destination that is one, and the rates of the people in it. */
const addressee = (
  desk: Desk,
  destination: Destination,
  { sendsPerRecipientPerMinute: burst }: Terms['limits'],
  nowMs: number,
): readonly [Addressee, readonly TokenBucket[]] => {
  if (destination.kind === 'number') {
    const recipient = desk.recipient(destination.number, destination.claimRevision, burst, nowMs);
    return [recipient, [recipient.rate]];
  }
  if (destination.kind !== 'group') throw new Error(`a send to ${destination.kind} was not refused`);
  const { chatId, people } = destination;
  return [desk.group(chatId, people), people.map((number) => desk.rateOf(number, burst, nowMs))];
};

/** Takes from the subaccount's rate and from each recipient's; else answers how many milliseconds to wait. */
const pace = (
  desk: Desk,
  recipients: readonly TokenBucket[],
  { sendsPerSecond, sendsBurst, sendsPerRecipientPerMinute: perMinute }: Terms['limits'],
  nowMs: number,
): number => {
  const waitMs = desk.rate.take(sendsPerSecond, sendsBurst, nowMs);
  if (waitMs > 0) return waitMs;
  for (const [index, rate] of recipients.entries()) {
    const recipientWaitMs = rate.take(perMinute / secondsPerMinute, perMinute, nowMs);
    if (recipientWaitMs === 0) continue;
    for (const other of recipients.slice(0, index)) other.giveBack(perMinute);
    return recipientWaitMs;
  }
  return 0;
};

const dayMs = 24 * 60 * 60_000;
const untilTomorrowMs = (nowMs: number): number => dayMs - (nowMs % dayMs);

const limitReached = (nowMs: number): Refusal =>
  refusals.messageLimitReached(endOfMonth(monthOf(instant(nowMs))));
