import { type Clock, epochMs, type Instant } from '@claw/kernel';
import { Inject, Injectable } from '@nestjs/common';
import { AccessReplica } from '../access/access-replica';
import { CLOCK } from '../clock';
import { LiveSignals } from '../feed/live-signals';
import { DirectChats } from '../ledger/direct-chats';
import { typingOutcomes } from './inbound.metrics';

/** What is older is no news: typing is said for a minute at the most. */
const freshMs = 60_000;

/** A customer types, or has stopped: told to the agent that is connected now, and kept nowhere. */
@Injectable()
export class ReceiveTyping {
  constructor(
    private readonly chats: DirectChats,
    private readonly access: AccessReplica,
    private readonly signals: LiveSignals,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Throws `Unavailable`. */
  async receive(carrierChatId: string, state: 'started' | 'stopped', createdAt: Instant): Promise<void> {
    typingOutcomes.inc({ outcome: await this.outcomeOf(carrierChatId, state, createdAt) });
  }

  private async outcomeOf(
    carrierChatId: string,
    state: 'started' | 'stopped',
    createdAt: Instant,
  ): Promise<string> {
    if (epochMs(this.clock.now()) - epochMs(createdAt) > freshMs) return 'stale';
    const chat = await this.chats.currentOf(carrierChatId);
    if (chat === undefined) return 'unknown_chat';
    const { agencyId, subaccountId, chatId, phoneNumber } = chat;
    if ((await this.access.standingOf(agencyId, subaccountId)) !== 'active') return 'inactive_subaccount';
    this.signals.send(subaccountId, { type: 'typing', from: phoneNumber, chatId, state });
    return 'told';
  }
}
