import type { OutboundMessage, SendFrame, SendResult } from '@claw/contracts';
import { newId, Unavailable } from '@claw/kernel';
import type { JetStreamPublisher, Log, Published } from '@claw/messaging';
import type { NowMs } from '../clock';
import type { OutboundLog } from '../outbound/outbound-log';
import { OwnershipLost } from '../quota/quota-keeper';
import type { Timings } from '../timings';
import { type Admitted, type AdmitSend, moved, type Moved } from './admit-send';
import type { ChatRegister } from './chat-register';
import type { Desk } from './desk';
import type { IdempotencyKeys } from './idempotency-keys';
import { outboundMessage } from './outbound-message';
import { refusals } from './refusals';
import { retryDigest } from './send-digest';
import { accepted, refused } from './send-result';

/** What the pipeline works with. */
export interface AcceptSendParts {
  readonly admit: AdmitSend;
  readonly publisher: JetStreamPublisher;
  readonly outbound: OutboundLog;
  readonly idempotency: IdempotencyKeys;
  readonly chats: ChatRegister;
  readonly timings: Timings;
  readonly nowMs: NowMs;
  readonly logger: Log;
}

const overfullRetryMs = 1_000;

/**
 * The one way in for a message: judged, then stored in OUTBOUND. What memory can answer is answered without waiting;
 * a send that has to wait is waited for by those behind it.
 */
export class AcceptSend {
  constructor(private readonly parts: AcceptSendParts) {}

  /** Resolves with `ok` once the stream holds the message; what a bad day brings is a refusal, not a rejection. */
  accept(desk: Desk, frame: SendFrame): Promise<SendResult | Moved> {
    const nowMs = this.parts.nowMs();
    desk.lastUsedMs = nowMs;
    if (!desk.isQueueing && frame.idempotencyKey === undefined) {
      const admitted = this.parts.admit.atOnce(desk, frame, nowMs);
      if (admitted !== undefined) {
        return 'errorCode' in admitted
          ? Promise.resolve(refused(frame.id, admitted))
          : this.publish(desk, frame, admitted);
      }
    }
    return this.acceptInTurn(desk, frame, nowMs);
  }

  private async acceptInTurn(desk: Desk, frame: SendFrame, arrivedMs: number): Promise<SendResult | Moved> {
    if (desk.isOverfull) return refused(frame.id, refusals.rateLimited(overfullRetryMs));
    try {
      // Its turn ends when it is published; the stream's answer is waited for outside of it.
      const { result } = await desk.inTurn(async () => ({
        result: await this.beginInTurn(desk, frame, arrivedMs),
      }));
      return await result();
    } catch (error) {
      if (error instanceof OwnershipLost) {
        desk.close();
        return moved;
      }
      if (error instanceof Unavailable) return refused(frame.id, refusals.unavailable);
      throw error;
    }
  }

  private async beginInTurn(
    desk: Desk,
    frame: SendFrame,
    arrivedMs: number,
  ): Promise<() => Promise<SendResult | Moved>> {
    const admitted = await this.parts.admit.inTurn(desk, frame, arrivedMs);
    if (admitted === moved) return () => Promise.resolve(moved);
    if ('type' in admitted) return () => Promise.resolve(admitted);
    if ('errorCode' in admitted) return () => Promise.resolve(refused(frame.id, admitted));
    const published = this.publish(desk, frame, admitted);
    return () => published;
  }

  /** Everything up to the publish itself happens at once, so that the order of calls is the order in the stream. */
  private async publish(desk: Desk, frame: SendFrame, admitted: Admitted): Promise<SendResult> {
    const { recipient, reserved } = admitted;
    const { chats, idempotency } = this.parts;
    const messageId = reserved?.value.messageId ?? newId();
    const message = outboundMessage(desk, frame, { ...admitted, messageId });
    const msgId = reserved === undefined ? retryDigest(recipient.chatId, frame) : messageId;
    desk.begin();
    try {
      const storing = recipient.chatStored ? undefined : chats.store(message, recipient);
      const published = await this.toStream(desk, recipient.subject, message, msgId);
      if (storing !== undefined) await storing;
      if (published === undefined) return refused(frame.id, refusals.unavailable);
      if (published.duplicate) return await this.firstResult(frame, published.seq);
      if (reserved !== undefined) await idempotency.confirm(reserved);
      return accepted(frame.id, messageId, recipient.chatId);
    } finally {
      desk.end();
    }
  }

  /** Keeps the count true to what became of the message; undefined where that may be nothing. */
  private async toStream(
    desk: Desk,
    subject: string,
    message: OutboundMessage,
    msgId: string,
  ): Promise<Published | undefined> {
    const { publisher, timings, logger } = this.parts;
    try {
      const published = await publisher.publish(subject, message, { msgId, timeoutMs: timings.publish });
      if (published.duplicate) desk.quota.giveBack();
      else desk.quota.stored(published.seq);
      return published;
    } catch (error) {
      if (error instanceof Unavailable && error.outcomeUnknown) desk.quota.doubt();
      else desk.quota.giveBack();
      if (!(error instanceof Unavailable)) throw error;
      logger.warn({ subaccountId: desk.subaccountId, reason: error.message }, 'send not acknowledged');
      return undefined;
    }
  }

  private async firstResult(frame: SendFrame, seq: number): Promise<SendResult> {
    try {
      const first = await this.parts.outbound.at(seq);
      if (first !== undefined) return accepted(frame.id, first.messageId, first.chatId);
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
    }
    return refused(frame.id, refusals.unavailable);
  }
}
