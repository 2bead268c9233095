import type { PhoneNumber, SendAccepted, SendFrame } from '@claw/contracts';
import { endOfMonth, instant, monthOf, Unavailable } from '@claw/kernel';
import type { BucketEntry } from '@claw/messaging';
import type { Timings } from '../timings';
import { refusalBy, type SendFacts } from './admission';
import type { Desk } from './desk';
import type { FactFinder, Terms } from './fact-finder';
import type { IdempotencyKeys } from './idempotency-keys';
import type { IdempotencyRecord } from './idempotency-record';
import type { Recipient } from './recipient';
import { type Refusal, refusals } from './refusals';
import { accepted } from './send-result';

/** Leave to publish: counted, paced, from whom and to whom. */
export interface Admitted {
  readonly recipient: Recipient;
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
    const { sendingNumber: from } = terms;
    if (found.destination.kind !== 'number' || refusalBy(found) !== undefined || from === undefined) {
      return undefined;
    }
    if (desk.quota.take(terms.messageLimit, nowMs) !== 'accepted') return undefined;
    const recipient = pace(desk, found.destination, terms, nowMs);
    if (!('errorCode' in recipient)) return { recipient, from, nowMs };
    desk.quota.giveBack();
    return recipient;
  }

  /** As {@link atOnce}, asking NATS where it has to. Throws `Unavailable` and `OwnershipLost`. */
  async inTurn(
    desk: Desk,
    frame: SendFrame,
    arrivedMs: number,
  ): Promise<Admitted | Refusal | SendAccepted | Moved> {
    const { timings, mayAccept } = this.parts;
    if (desk.closed) return moved;
    if (!mayAccept() || Date.now() - arrivedMs > timings.publish) throw new Unavailable('gateway');
    const keyed = await this.lookUpKey(desk, frame);
    if (keyed?.kind === 'conflict') return refusals.idempotencyConflict;
    if (keyed?.kind === 'stored') return accepted(frame.id, keyed.messageId, keyed.chatId);

    const { terms, facts } = await this.find(desk, frame);
    const refusal = refusalBy(facts);
    if (refusal !== undefined) return refusal;
    const { sendingNumber: from, messageLimit } = terms;
    if (facts.destination.kind !== 'number' || from === undefined) throw new Unavailable('sending number');
    const recipient = pace(desk, facts.destination, terms, Date.now());
    if ('errorCode' in recipient) return recipient;

    const counted = await this.count(desk, frame, recipient, messageLimit);
    if (typeof counted !== 'number') return counted;
    const admitted = { recipient, from, nowMs: counted };
    if (frame.idempotencyKey === undefined) return admitted;
    if (keyed?.kind === 'reserved') return { ...admitted, reserved: keyed.entry };
    const reserved = await this.reserve(desk, frame, frame.idempotencyKey, admitted);
    return reserved === undefined ? this.inTurn(desk, frame, arrivedMs) : { ...admitted, reserved };
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

  private lookUpKey(desk: Desk, frame: SendFrame) {
    return frame.idempotencyKey === undefined
      ? undefined
      : this.parts.idempotency.look(desk.subaccountId, frame, frame.idempotencyKey);
  }

  /** Counts the message against the limit; answers the time of its acceptance, or why there is none. */
  private async count(
    desk: Desk,
    frame: SendFrame,
    recipient: Recipient,
    messageLimit: number,
  ): Promise<number | Refusal | SendAccepted | Moved> {
    for (let round = 0; round < mostRounds; round += 1) {
      const nowMs = Date.now();
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
    recipient: Recipient,
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

/** Takes from the subaccount's rate and from the recipient's, or says when to come back. */
const pace = (
  desk: Desk,
  { number, claimRevision }: { readonly number: PhoneNumber; readonly claimRevision: number },
  { limits }: Terms,
  nowMs: number,
): Recipient | Refusal => {
  const waitMs = desk.rate.take(limits.sendsPerSecond, limits.sendsBurst, nowMs);
  if (waitMs > 0) return refusals.rateLimited(waitMs);
  const perMinute = limits.sendsPerRecipientPerMinute;
  const recipient = desk.recipient(number, claimRevision, perMinute, nowMs);
  const recipientWaitMs = recipient.rate.take(perMinute / secondsPerMinute, perMinute, nowMs);
  return recipientWaitMs > 0 ? refusals.rateLimited(recipientWaitMs) : recipient;
};

const limitReached = (nowMs: number): Refusal =>
  refusals.messageLimitReached(endOfMonth(monthOf(instant(nowMs))));
