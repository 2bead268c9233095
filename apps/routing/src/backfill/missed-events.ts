import type { PhoneNumber } from '@claw/contracts';
import type { Instant } from '@claw/kernel';
import { foldDelivery } from '@claw/routing-domain';
import type { ListedMessage } from '../inbound/carrier-events';
import type { Recorded } from '../ledger/carrier-record';

/** The chat that a listed message is in. */
export interface ListedIn {
  readonly id: string;
  readonly isGroup: boolean;
  readonly line: PhoneNumber;
}

/** An event that no webhook told, as a webhook would have. */
export interface MissedEvent {
  /** The same however often it is found; no webhook has it. */
  readonly id: string;
  readonly type: string;
  readonly body: object;
}

/** What a listed message tells that the ledger doesn't have, in order. */
export const missedEvents = (
  message: ListedMessage,
  chat: ListedIn,
  recorded: Recorded | undefined,
): readonly MissedEvent[] => {
  if (message.is_from_me) return recorded === undefined ? [] : missedReports(message, chat, recorded);
  return recorded === undefined ? [messageEvent('received', message.created_at, message, chat)] : [];
};

const missedReports = (
  message: ListedMessage,
  chat: ListedIn,
  recorded: Recorded,
): readonly MissedEvent[] => {
  const { state } = recorded;
  if (state === 'failed' || state === 'received') return [];
  if (message.delivery_status === 'failed') {
    return foldDelivery(state, 'failed') === undefined ? [] : [failureEvent(message, chat)];
  }
  return (['sent', 'delivered', 'read'] as const).flatMap((reached) => {
    const at = timeOf(reached, message);
    return at === undefined || recorded[reached] !== null ? [] : [messageEvent(reached, at, message, chat)];
  });
};

/** When a message came so far; a carrier that says that it did, but not when, knew it at its last change. */
const timeOf = (state: 'sent' | 'delivered' | 'read', message: ListedMessage): Instant | undefined => {
  const at = { sent: message.sent_at, delivered: message.delivered_at, read: message.read_at }[state];
  return at ?? (message.delivery_status === state ? lastChange(message) : undefined);
};

/** When something last happened to a message. */
export const lastChange = (message: ListedMessage): Instant => {
  const { created_at: created, updated_at, sent_at, delivered_at, read_at } = message;
  return [updated_at, sent_at, delivered_at, read_at].reduce<Instant>(
    (latest, at) => (at && at > latest ? at : latest),
    created,
  );
};

const messageEvent = (
  what: 'received' | 'sent' | 'delivered' | 'read',
  at: Instant,
  message: ListedMessage,
  { id: chatId, isGroup, line }: ListedIn,
): MissedEvent => {
  const { id, is_from_me: ours, from_handle, from, parts, reply_to, service } = message;
  return event(what, id, at, {
    id,
    chat: { id: chatId, is_group: isGroup, owner_handle: { handle: line } },
    direction: ours ? 'outbound' : 'inbound',
    sender_handle: { handle: from_handle?.handle ?? from ?? '' },
    // What every phone has stands in where the list doesn't say how it went.
    service: service ?? 'SMS',
    parts: parts ?? [],
    reply_to,
    idempotency_key: null,
    sent_at: message.sent_at,
    delivered_at: message.delivered_at,
    read_at: message.read_at,
  });
};

/** Lists don't say why a message failed. */
const failureEvent = (message: ListedMessage, { id: chatId }: ListedIn): MissedEvent => {
  const at = lastChange(message);
  return event('failed', message.id, at, { failed_at: at, chat_id: chatId, message_id: message.id });
};

const event = (what: string, messageId: string, at: Instant, data: object): MissedEvent => {
  const type = `message.${what}`;
  return {
    id: `listed.${messageId}.${what}`,
    type,
    body: { event_type: type, created_at: at, data },
  };
};
