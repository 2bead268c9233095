import { type Clock, type Instant } from '@claw/kernel';
import { afterAnswer, beforeSend, type DispatchStep } from '@claw/routing-domain';
import { DeliveryReports } from '../feed/delivery-reports';
import { Gate } from '../database/gate';
import { OutboundLedger, type Ownership } from '../ledger/outbound-ledger';
import type { WaitingMessage } from '../ledger/waiting-message';
import { Carrier } from './carrier';
import type { LaneStep } from './chat-lanes';
import { ChatDirectory } from './chat-directory';
import { carrierSeconds, dispatchOutcomes } from './dispatch.metrics';
import { PreSendLookup } from './pre-send-facts';

export interface DispatchParts {
  readonly ledger: OutboundLedger;
  readonly lookup: PreSendLookup;
  readonly carrier: Carrier;
  readonly chats: ChatDirectory;
  readonly reports: DeliveryReports;
  readonly clock: Clock;
  readonly random: () => number;
  /** Requests to the carrier at the same time from one sending number. */
  readonly requestsPerNumber: number;
}

/** Hands the waiting messages of a chat to the carrier, one at a time. */
export class MessageDispatch {
  private readonly gates = new Map<string, Gate>();

  constructor(private readonly parts: DispatchParts) {}

  /**
   * Deals with a chat's oldest waiting message. Throws `Unavailable`; whatever was done by then is done again
   * without effect.
   */
  async step(owned: Ownership, chatId: string, looks: number, signal: AbortSignal): Promise<LaneStep> {
    const { ledger, lookup } = this.parts;
    const message = await ledger.next(owned.partition, chatId);
    if (message === undefined) return 'empty';
    const held = beforeSend(await lookup.factsOf(message), this.context(message, looks + 1));
    if (held !== undefined) return this.settle(message, held);
    if (signal.aborted) return 'next';
    return this.throughGate(message.from, async () => {
      if (signal.aborted) return 'next';
      const attempts = await ledger.countAttempt(owned, message.messageId, this.now());
      if (attempts === 'lost') return 'lost';
      if (attempts === 'gone') return 'next';
      return this.settle(message, await this.attempt(message, attempts));
    });
  }

  private async attempt(message: WaitingMessage, attempts: number): Promise<DispatchStep> {
    const stopTimer = carrierSeconds.startTimer();
    const answer = await this.parts.carrier.send(message);
    stopTimer({ answer: answer.kind });
    return afterAnswer(answer, this.context(message, attempts));
  }

  private async settle(message: WaitingMessage, step: DispatchStep): Promise<LaneStep> {
    dispatchOutcomes.inc({ outcome: step.step === 'fail' ? step.code : step.step });
    switch (step.step) {
      case 'wait':
        return { waitMs: step.ms };
      case 'fail':
        await this.parts.reports.report(
          { messageId: message.messageId },
          { state: 'failed', at: this.now(), error: { code: step.code, reason: step.reason } },
        );
        return 'next';
      case 'sent':
        await this.handOver(message, step);
        return 'next';
    }
  }

  /** The ledger comes last: until it knows, the message is asked for again, and the carrier names the same one. */
  private async handOver(
    message: WaitingMessage,
    sent: Extract<DispatchStep, { step: 'sent' }>,
  ): Promise<void> {
    const { carrierChatId, carrierMessageId, service } = sent;
    if (message.carrierChatId !== carrierChatId) {
      await this.parts.chats.note(message.chatId, {
        subaccountId: message.subaccountId,
        agencyId: message.agencyId,
        participants: [...message.to],
        sendingNumber: message.from,
        claimRevision: message.claimRevision,
        carrierChatId,
      });
    }
    await this.parts.ledger.handOver(
      message,
      { messageId: carrierMessageId, chatId: carrierChatId, service },
      this.now(),
    );
  }

  /** One number in trouble keeps only its own messages waiting. */
  private async throughGate<T>(number: string, work: () => Promise<T>): Promise<T> {
    const gate = this.gates.get(number) ?? new Gate(this.parts.requestsPerNumber);
    this.gates.set(number, gate);
    try {
      return await gate.run(work);
    } finally {
      if (gate.idle) this.gates.delete(number);
    }
  }

  private context(message: WaitingMessage, attempts: number) {
    const { acceptedAt } = message;
    return { attempts, acceptedAt, now: this.now(), random: this.parts.random };
  }

  private now(): Instant {
    return this.parts.clock.now();
  }
}
