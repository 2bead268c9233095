import type { Clock } from '@claw/kernel';
import {
  afterAnswer,
  beforeGivingUp,
  beforeSend,
  type CarrierAnswer,
  carrierMessageUnknown,
  type CarrierReceipt,
  type DispatchContext,
  type DispatchFailure,
  type DispatchStep,
  inTime,
  isKeyForgotten,
  threadReply,
  waitUnknown,
} from '@claw/routing-domain';
import { DeliveryReports } from '../feed/delivery-reports';
import { OutboundLedger } from '../ledger/outbound-ledger';
import type { WaitingMessage } from '../ledger/waiting-message';
import { Carrier } from './carrier';
import { ChatDirectory } from './chat-directory';
import type { LaneStep } from './lanes';
import { carrierSeconds, dispatchOutcomes } from './dispatch.metrics';
import { DoubtfulMessages } from './doubtful-messages';
import { NumberGates } from './number-gates';
import { PreSendLookup } from './pre-send-facts';
import type { Turn } from './turn';

export interface DispatchParts {
  readonly ledger: OutboundLedger;
  readonly lookup: PreSendLookup;
  readonly doubts: DoubtfulMessages;
  readonly carrier: Carrier;
  readonly chats: ChatDirectory;
  readonly reports: DeliveryReports;
  readonly gates: NumberGates;
  readonly clock: Clock;
  readonly random: () => number;
}

/** Hands the waiting messages of a chat to the carrier, one at a time. */
export class MessageDispatch {
  constructor(private readonly parts: DispatchParts) {}

  /**
   * Deals with a chat's oldest waiting message. Throws `Unavailable`; whatever was done by then is done again
   * without effect.
   */
  async step(turn: Turn): Promise<LaneStep> {
    const { ledger, gates } = this.parts;
    const message = await ledger.next(turn.owned.partition, turn.lane);
    if (message === undefined) return 'empty';
    const context = this.context(message, turn.looks + 1);
    const held = await this.heldBack(message, context);
    if (held?.step === 'fail') return this.settle(message, await this.surelyFailed(message, held, context));
    if (held !== undefined) return this.settle(message, held);
    const thread = await this.threadOf(message);
    if (typeof thread === 'object' && thread !== null) return this.settle(message, thread);
    return gates.run(message.from, () => this.attempt(turn, message, thread));
  }

  /** Why it isn't sent now, or that it turns out to have been sent; undefined means go. */
  private async heldBack(
    message: WaitingMessage,
    context: DispatchContext,
  ): Promise<DispatchStep | undefined> {
    const { subaccountId, doubtfulSince } = message;
    const held =
      subaccountId === null
        ? inTime(context)
        : beforeSend(await this.parts.lookup.factsOf({ ...message, subaccountId }), context);
    if (held !== undefined || !isKeyForgotten(doubtfulSince, context.now)) return held;
    const found = await this.parts.doubts.lookUp(message);
    if (typeof found === 'object') return { step: 'sent', ...found };
    if (found === 'untold') return waitUnknown(context);
    await this.parts.ledger.clearDoubt(message.messageId);
    return undefined;
  }

  /** The carrier's message that it is a reply to, null where it is none or is sent plainly, or that it can't be sent. */
  private async threadOf(message: WaitingMessage): Promise<string | null | DispatchFailure> {
    const { subaccountId, chatId, replyTo } = message;
    if (replyTo === null || subaccountId === null) return null;
    const carrierId = await this.parts.ledger.carrierIdIn({ subaccountId, chatId }, replyTo.messageId);
    return threadReply(carrierId, replyTo.fallback);
  }

  private async attempt(turn: Turn, message: WaitingMessage, thread: string | null): Promise<LaneStep> {
    const { ledger } = this.parts;
    if (!turn.stands()) return 'lost';
    const attempts = await ledger.countAttempt(turn.owned, message.messageId, this.parts.clock.now());
    if (attempts === 'gone') return 'next';
    if (attempts === 'lost' || !turn.stands()) return 'lost';
    const answer = await this.send(message, thread);
    // The carrier says that it hasn't got it, and nothing before may have got through.
    if (answer.kind === 'busy' && message.doubtfulSince === null) await ledger.clearDoubt(message.messageId);
    const context = this.context(message, attempts);
    const step = afterAnswer(answer, context);
    if (step.step !== 'fail') return this.settle(message, step);
    const doubtfulSince = message.doubtfulSince ?? (answer.kind === 'unknown' ? context.now : null);
    return this.settle(message, await this.surelyFailed({ ...message, doubtfulSince }, step, context));
  }

  private async send(message: WaitingMessage, thread: string | null): Promise<CarrierAnswer> {
    const { carrier } = this.parts;
    // An answer to a customer nobody is registered for: its chat isn't one of ours.
    const carrierChatId =
      message.subaccountId === null && message.carrierChatId === null
        ? await carrier.chatOf(message.from, message.to)
        : message.carrierChatId;
    const stopTimer = carrierSeconds.startTimer({ request: 'message' });
    let answer = await carrier.send({ ...message, carrierChatId, replyTo: thread });
    const forgotten = answer.kind === 'refused' && answer.carrierCode === carrierMessageUnknown;
    if (forgotten && thread !== null && message.replyTo?.fallback === 'plain') {
      answer = await carrier.send({ ...message, carrierChatId, replyTo: null });
    }
    stopTimer({ answer: answer.kind });
    return answer;
  }

  /** An attempt that may have got through is looked up at the carrier before its message counts as failed. */
  private async surelyFailed(
    message: WaitingMessage,
    failure: DispatchFailure,
    context: DispatchContext,
  ): Promise<DispatchStep> {
    const { doubtfulSince } = message;
    if (doubtfulSince === null) return failure;
    return beforeGivingUp(await this.parts.doubts.lookUp(message), failure, doubtfulSince, context);
  }

  private async settle(message: WaitingMessage, step: DispatchStep): Promise<LaneStep> {
    const kind = message.subaccountId === null ? 'automatic' : 'message';
    dispatchOutcomes.inc({ kind, outcome: step.step === 'fail' ? step.code : step.step });
    switch (step.step) {
      case 'wait':
        return { waitMs: step.ms };
      case 'fail':
        await this.parts.reports.report(
          { messageId: message.messageId },
          {
            state: 'failed',
            at: this.parts.clock.now(),
            error: { code: step.code, reason: step.reason },
          },
        );
        return 'next';
      case 'sent':
        await this.handOver(message, step);
        return 'next';
    }
  }

  /** The ledger comes last: until it knows, the message is asked for again, and the carrier names the same one. */
  private async handOver(message: WaitingMessage, receipt: CarrierReceipt): Promise<void> {
    const { carrierChatId } = receipt;
    if (message.subaccountId !== null && message.carrierChatId !== carrierChatId) {
      await this.parts.chats.note(message.chatId, {
        subaccountId: message.subaccountId,
        agencyId: message.agencyId,
        participants: [...message.to],
        sendingNumber: message.from,
        claimRevision: message.claimRevision,
        carrierChatId,
      });
    }
    await this.parts.ledger.handOver(message, receipt, this.parts.clock.now());
  }

  private context({ acceptedAt }: WaitingMessage, attempts: number): DispatchContext {
    const { clock, random } = this.parts;
    return { what: 'message', attempts, acceptedAt, now: clock.now(), random };
  }
}
