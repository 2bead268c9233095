import { directChatId, e164Schema, type MessageEntry, type Person, type PhoneNumber } from '@claw/contracts';
import type { Instant } from '@claw/kernel';
import { Injectable } from '@nestjs/common';
import { KeywordMessages, type MessageToLine } from '../consent/keyword-messages';
import { ChatDirectory } from '../dispatch/chat-directory';
import { Feed } from '../feed/feed';
import { attachmentsOf } from '../ledger/attachments';
import { InboundLedger, type InboundMessage, type Kept } from '../ledger/inbound-ledger';
import { textOf } from '../ledger/message-text';
import type { CarrierMessageData } from './carrier-events';
import { GroupChats } from './group-chats';
import { type DropReason, inboundOutcomes } from './inbound.metrics';
import { MessageOwner } from './message-owner';
import { receivedParts } from './received-parts';

/** When a webhook came, and when the carrier says it was made. */
export interface NoticeTimes {
  readonly receivedAt: Instant;
  readonly createdAt: Instant;
}

/** Whose a message is, in which chat, and what may be shown of those who are in it. */
interface Place extends Pick<
  InboundMessage,
  'subaccountId' | 'agencyId' | 'chatId' | 'claimRevision' | 'isGroup'
> {
  readonly shownFrom: Person;
  readonly participants?: readonly Person[];
}

/** A customer's message on its way to the one subaccount it is for, or to nobody. */
@Injectable()
export class ReceiveMessage {
  constructor(
    private readonly owners: MessageOwner,
    private readonly keywords: KeywordMessages,
    private readonly groups: GroupChats,
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
    const place = data.chat.is_group
      ? await this.placeInGroup(message, data.chat.id)
      : await this.directPlace(message);
    const outcome = typeof place === 'string' ? place : await this.deliver(message, place, data);
    if (keyword !== undefined) await this.keywords.reply(keyword, message, await this.ownChat(message));
    return outcome;
  }

  private async directPlace({ from, agencyId, sentAt }: MessageToLine): Promise<Place | DropReason> {
    const owner = await this.owners.of(from, agencyId, sentAt);
    if (typeof owner === 'string') return owner;
    const { subaccountId, claimRevision } = owner;
    const chatId = directChatId(subaccountId, from, claimRevision);
    return { subaccountId, agencyId, chatId, claimRevision, isGroup: false, shownFrom: from };
  }

  private async placeInGroup(message: MessageToLine, carrierChatId: string): Promise<Place | DropReason> {
    const { from, line, agencyId, sentAt } = message;
    const view = await this.groups.at({ carrierChatId, from, line, agencyId, at: sentAt });
    if (view === undefined) return 'unregistered_group';
    const { chatId, subaccountId } = view.group;
    const { from: shownFrom, participants } = view;
    return { subaccountId, agencyId, chatId, claimRevision: null, isGroup: true, shownFrom, participants };
  }

  private async deliver(
    { messageId, from, line, sentAt, receivedAt }: MessageToLine,
    place: Place,
    data: CarrierMessageData,
  ): Promise<'delivered' | 'repeated'> {
    const parts = receivedParts(data.parts);
    const message: InboundMessage = {
      ...place,
      messageId,
      from,
      to: line,
      parts,
      text: textOf(parts),
      service: data.service,
      carrierChatId: data.chat.id,
      repliesTo: data.reply_to?.message_id ?? null,
      sentAt,
      receivedAt,
    };
    if (!place.isGroup) await this.note(message);
    const delivered = await this.ledger.receive(message, (kept) =>
      this.feed.message(place.subaccountId, entryOf(message, place, kept)),
    );
    return delivered ? 'delivered' : 'repeated';
  }

  private async note(message: InboundMessage): Promise<void> {
    const { chatId, subaccountId, agencyId, claimRevision, carrierChatId } = message;
    const [participants, sendingNumber] = [[message.from], message.to];
    await this.chats.note(chatId, {
      subaccountId,
      agencyId,
      participants,
      sendingNumber,
      claimRevision,
      carrierChatId,
    });
  }

  /** The chat of the sender alone, also where it wrote in a group. */
  private async ownChat(message: MessageToLine): Promise<string | undefined> {
    const place = await this.directPlace(message);
    return typeof place === 'string' ? undefined : place.chatId;
  }
}

const numberOf = (handle: string | undefined): PhoneNumber | undefined => e164Schema.safeParse(handle).data;

const entryOf = (
  message: InboundMessage,
  { shownFrom, participants }: Place,
  { replyTo }: Kept,
): MessageEntry => ({
  type: 'message',
  messageId: message.messageId,
  chatId: message.chatId,
  from: shownFrom,
  text: message.text,
  parts: [...message.parts],
  attachments: attachmentsOf(message.parts),
  isGroup: message.isGroup,
  ...(participants !== undefined && { participants: [...participants] }),
  service: message.service,
  ...(replyTo !== null && { replyTo: { messageId: replyTo } }),
  timestamp: message.sentAt,
});
