import { directChatId, e164Schema, type MessageEntry, type PhoneNumber } from '@claw/contracts';
import type { Instant } from '@claw/kernel';
import { Injectable } from '@nestjs/common';
import { ChatDirectory } from '../dispatch/chat-directory';
import { Feed } from '../feed/feed';
import { attachmentsOf } from '../ledger/attachments';
import { InboundLedger, type InboundMessage, type Kept } from '../ledger/inbound-ledger';
import { textOf } from '../ledger/message-text';
import type { CarrierMessageData } from './carrier-events';
import { inboundOutcomes } from './inbound.metrics';
import { MessageOwner } from './message-owner';
import { receivedParts } from './received-parts';

/** When a webhook came, and when the carrier says it was made. */
export interface NoticeTimes {
  readonly receivedAt: Instant;
  readonly createdAt: Instant;
}

/** A customer's message on its way to the one subaccount it is for, or to nobody. */
@Injectable()
export class ReceiveMessage {
  constructor(
    private readonly owners: MessageOwner,
    private readonly chats: ChatDirectory,
    private readonly ledger: InboundLedger,
    private readonly feed: Feed,
  ) {}

  /** Delivers it once, however often it comes. Throws `Unavailable`. */
  async receive(data: CarrierMessageData, times: NoticeTimes): Promise<void> {
    inboundOutcomes.inc({ outcome: await this.outcomeOf(data, times) });
  }

  private async outcomeOf(data: CarrierMessageData, times: NoticeTimes): Promise<string> {
    if (data.chat.is_group === true) return 'group';
    const from = numberOf(data.sender_handle.handle);
    const to = numberOf(data.chat.owner_handle?.handle);
    if (from === undefined || to === undefined) return 'not_a_number';
    const sentAt = data.sent_at ?? times.createdAt;
    const owner = await this.owners.of(from, to, sentAt);
    if (typeof owner === 'string') return owner;
    const { subaccountId, agencyId, claimRevision } = owner;
    const parts = receivedParts(data.parts);
    const message: InboundMessage = {
      messageId: data.id,
      subaccountId,
      agencyId,
      claimRevision,
      chatId: directChatId(subaccountId, from, claimRevision),
      from,
      to,
      parts,
      text: textOf(parts),
      service: data.service,
      carrierChatId: data.chat.id,
      repliesTo: data.reply_to?.message_id ?? null,
      sentAt,
      receivedAt: times.receivedAt,
    };
    return (await this.deliver(message)) ? 'delivered' : 'repeated';
  }

  private async deliver(message: InboundMessage): Promise<boolean> {
    await this.chats.note(message.chatId, {
      subaccountId: message.subaccountId,
      agencyId: message.agencyId,
      participants: [message.from],
      sendingNumber: message.to,
      claimRevision: message.claimRevision,
      carrierChatId: message.carrierChatId,
    });
    return this.ledger.receive(message, (kept) =>
      this.feed.message(message.subaccountId, entryOf(message, kept)),
    );
  }
}

const numberOf = (handle: string | undefined): PhoneNumber | undefined => e164Schema.safeParse(handle).data;

const entryOf = (message: InboundMessage, { replyTo }: Kept): MessageEntry => ({
  type: 'message',
  messageId: message.messageId,
  chatId: message.chatId,
  from: message.from,
  text: message.text,
  parts: [...message.parts],
  attachments: attachmentsOf(message.parts),
  isGroup: false,
  service: message.service,
  ...(replyTo !== null && { replyTo: { messageId: replyTo } }),
  timestamp: message.sentAt,
});
