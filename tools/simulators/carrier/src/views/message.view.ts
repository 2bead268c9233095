import type { LinqAPIV3 } from '@linqapp/sdk';
import type { ChatRecord } from '../model/chat';
import type { MessageRecord } from '../model/message';
import type { Placed } from '../network/ledger';
import { toChat, toHandle } from './chat.view';

type SentMessage = LinqAPIV3.ChatCreateResponse.Chat['message'];

const toReactions = (
  chat: ChatRecord,
  message: MessageRecord,
  index: number,
): LinqAPIV3.Reaction[] | null => {
  const given = message.reactions.filter(({ part_index }) => part_index === index);
  if (given.length === 0) return null;
  return given.map(({ handle, type, custom_emoji }) => ({
    handle: toHandle(chat, handle),
    is_me: handle === chat.line,
    type,
    custom_emoji,
    sticker: null,
  }));
};

const toParts = (chat: ChatRecord, message: MessageRecord): SentMessage['parts'] =>
  message.parts.map((part, index) => {
    const reactions = toReactions(chat, message, index);
    if (part.type === 'media') return { ...part, reactions };
    const { type, value } = part;
    return type === 'text' ? { type, value, text_decorations: null, reactions } : { type, value, reactions };
  });

const common = (chat: ChatRecord, message: MessageRecord) => ({
  id: message.id,
  created_at: message.created_at,
  delivery_status: message.status,
  is_read: message.status === 'read',
  parts: toParts(chat, message),
  sent_at: message.sent_at,
  delivered_at: message.delivered_at,
  effect: message.effect,
  from_handle: toHandle(chat, message.sender),
  preferred_service: message.preferred_service,
  reply_to: message.reply_to,
  service: message.service,
});

/** How a message looks in the answer to the request that sent it. */
export const toSentMessage = ({ chat, message }: Placed): SentMessage => common(chat, message);

/** How a message looks when it is read later. */
export const toMessage = (chat: ChatRecord, message: MessageRecord): LinqAPIV3.Message => ({
  ...common(chat, message),
  chat_id: chat.id,
  from: message.sender,
  is_from_me: message.direction === 'outbound',
  is_delivered: message.status === 'delivered' || message.status === 'read',
  read_at: message.read_at,
  updated_at: message.updated_at,
});

/** The answer to a chat being created, or found again, with its new message. */
export const toCreatedChat = (placed: Placed): LinqAPIV3.ChatCreateResponse => {
  const { id, display_name, handles, health_status, is_group } = toChat(placed.chat);
  const message = toSentMessage(placed);
  return {
    chat: { id, display_name, handles, health_status, is_group, service: placed.chat.service, message },
  };
};
