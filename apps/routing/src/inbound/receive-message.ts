import { directChatId, e164Schema, type MessageEntry, type PhoneNumber } from '@claw/contracts';
import type { Instant } from '@claw/kernel';
import { Injectable } from '@nestjs/common';
import { KeywordMessages, type MessageToLine } from '../consent/keyword-messages';
import { ChatDirectory } from '../dispatch/chat-directory';
import { Feed } from '../feed/feed';
import { attachmentsOf } from '../ledger/attachments';
import { InboundLedger, type InboundMessage, type Kept } from '../ledger/inbound-ledger';
import { textOf } from '../ledger/message-text';
import type { CarrierMessageData } from './carrier-events';
import { type DropReason, inboundOutcomes } from './inbound.metrics';
import { MessageOwner, type Owner } from './message-owner';
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
    private readonly keywords: KeywordMessages,
    private readonly chats: ChatDirectory,
    private readonly ledger: InboundLedger,
    private readonly feed: Feed,
  ) {}

  /** Delivers it once, however often it comes, and does what it asks for by a keyword. Throws `Unavailable`. */
  async receive(data: CarrierMessageData, times: NoticeTimes): Promise<void> {
    inboundOutcomes.inc({ outcome: await this.outcomeOf(data, times) });
  }

  private async outcomeOf(data: CarrierMessageData, times: NoticeTimes): Promise<string> {
    const from = numberOf(data.sender_handle.handle);
    const line = numberOf(data.chat.owner_handle?.handle);
    if (from === undefined || line === undefined) return 'not_a_number';
    const agencyId = await this.owners.agencyOf(line);
    if (agencyId === undefined) return 'unknown_line';
    const { receivedAt, createdAt } = times;
    const sentAt = data.sent_at ?? createdAt;
    const message = { messageId: data.id, from, line, agencyId, parts: data.parts, sentAt, receivedAt };
    // A wish to stop counts whoever the sender is, and before anything else.
    const keyword = await this.keywords.record(message);
    const owner = await this.owners.of(from, agencyId, sentAt);
    const outcome = await this.handOn(message, owner, data);
    if (keyword !== undefined) await this.keywords.reply(keyword, message, ownChat(from, owner));
    return outcome;
  }

  private async handOn(
    { messageId, from, line, sentAt, receivedAt }: MessageToLine,
    owner: Owner | DropReason,
    data: CarrierMessageData,
  ): Promise<string> {
    if (data.chat.is_group === true) return 'group';
    if (typeof owner === 'string') return owner;
    const { subaccountId, agencyId, claimRevision } = owner;
    const parts = receivedParts(data.parts);
    const delivered = await this.deliver({
      messageId,
      subaccountId,
      agencyId,
      claimRevision,
      chatId: directChatId(subaccountId, from, claimRevision),
      from,
      to: line,
      parts,
      text: textOf(parts),
      service: data.service,
      carrierChatId: data.chat.id,
      repliesTo: data.reply_to?.message_id ?? null,
      sentAt,
      receivedAt,
    });
    return delivered ? 'delivered' : 'repeated';
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

/** The chat of the sender alone, also where it wrote in a group. */
const ownChat = (from: PhoneNumber, owner: Owner | DropReason): string | undefined =>
  typeof owner === 'string' ? undefined : directChatId(owner.subaccountId, from, owner.claimRevision);

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
