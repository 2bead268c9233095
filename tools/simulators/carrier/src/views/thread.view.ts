import { type ChatRecord, isGroup } from '../model/chat';
import { type MessageRecord, reachesPhone } from '../model/message';

/** How far back a phone shows a thread. */
const MAX_MESSAGES = 200;

/** A message as somebody sees it on their phone. */
export type ThreadMessage = Pick<
  MessageRecord,
  'parts' | 'service' | 'effect' | 'reply_to' | 'reactions' | 'status'
> & {
  readonly message_id: string;
  readonly from: string;
  /** ISO time: when it was sent. */
  readonly at: string;
};

/** A chat as one of the people in it sees it. */
export interface Thread {
  readonly chat_id: string;
  readonly line: string;
  readonly name: string | null;
  readonly is_group: boolean;
  /** Whether the phone is still in it. */
  readonly is_member: boolean;
  /** The people in it besides the line, the phone's own number among them. */
  readonly members: readonly string[];
  readonly service: MessageRecord['service'];
  readonly updated_at: string;
  /** Who shows the typing dots now. */
  readonly typing: readonly string[];
  /** Oldest first; the latest 200. */
  readonly messages: readonly ThreadMessage[];
}

const isSeenBy = (phone: string, message: MessageRecord): boolean =>
  message.sender === phone || (message.recipients.includes(phone) && reachesPhone(message));

const toThreadMessage = (message: MessageRecord): ThreadMessage => {
  const { id, sender, created_at, parts, service, effect, reply_to, reactions, status } = message;
  return {
    message_id: id,
    from: sender,
    at: created_at,
    parts,
    service,
    effect,
    reply_to,
    reactions,
    status,
  };
};

export const toThread = (
  phone: string,
  chat: ChatRecord,
  messages: readonly MessageRecord[],
  typing: readonly string[],
): Thread => ({
  chat_id: chat.id,
  line: chat.line,
  name: chat.name,
  is_group: isGroup(chat),
  is_member: chat.recipients.includes(phone),
  members: chat.recipients,
  service: chat.service,
  updated_at: chat.updated_at,
  typing: typing.filter((who) => who !== phone),
  messages: messages
    .filter((message) => isSeenBy(phone, message))
    .slice(-MAX_MESSAGES)
    .map(toThreadMessage),
});
