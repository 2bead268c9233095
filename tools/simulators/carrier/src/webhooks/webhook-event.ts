import { type Instant, newId } from '@claw/kernel';
import type { LinqAPIV3 } from '@linqapp/sdk';
import { type ChatRecord, isGroup } from '../model/chat';
import { reputationOf } from '../model/line';
import type { MessageRecord } from '../model/message';
import type { Happening } from '../network/happenings';
import { toChat, toHandle, toHealth } from '../views/chat.view';

/** The payload format that a subscriber asks for by `?version=` in its URL; the only one spoken here. */
export const WEBHOOK_VERSION = '2026-02-03';

/** One and the same partner owns all the lines of the simulator. */
const PARTNER_ID = 'partner_simulated';

/** What is posted to the subscriber, before it is signed. */
export type WebhookEvent = LinqAPIV3.UnwrapWebhookEvent;

const toMessageData = (chat: ChatRecord, message: MessageRecord): LinqAPIV3.MessageEventV2 => ({
  id: message.id,
  chat: {
    id: chat.id,
    is_group: isGroup(chat),
    owner_handle: toHandle(chat, chat.line),
    health_status: toHealth(chat),
  },
  direction: message.direction,
  sender_handle: toHandle(chat, message.sender),
  service: message.service,
  parts: message.parts,
  effect: message.effect,
  reply_to: message.reply_to,
  idempotency_key: message.idempotency_key,
  preferred_service: message.preferred_service ?? 'auto',
  sent_at: message.sent_at,
  delivered_at: message.delivered_at,
  read_at: message.read_at,
});

const toReactionData = ({
  chat,
  message,
  reaction,
}: Happening & { type: 'reaction.added' | 'reaction.removed' }): LinqAPIV3.ReactionEventBase => ({
  is_from_me: reaction.handle === chat.line,
  reaction_type: reaction.type,
  custom_emoji: reaction.custom_emoji,
  sticker: null,
  chat_id: chat.id,
  message_id: message.id,
  part_index: reaction.part_index,
  from: reaction.handle,
  from_handle: toHandle(chat, reaction.handle),
  reacted_at: reaction.at,
  service: message.service,
});

/** The event that tells a subscriber what happened; `undefined` for what subscribers aren't told. */
export const toWebhookEvent = (happening: Happening, now: Instant): WebhookEvent | undefined => {
  const envelope = {
    api_version: 'v3',
    webhook_version: WEBHOOK_VERSION,
    event_id: newId(),
    created_at: now,
    trace_id: newId().replaceAll('-', ''),
    partner_id: PARTNER_ID,
  };
  switch (happening.type) {
    case 'chat.created':
      return { ...envelope, event_type: happening.type, data: toChat(happening.chat) };
    case 'message.sent':
    case 'message.delivered':
    case 'message.read':
    case 'message.received':
      return {
        ...envelope,
        event_type: happening.type,
        data: toMessageData(happening.chat, happening.message),
      };
    case 'message.failed': {
      const { failure, id: message_id, chat_id, updated_at: failed_at } = happening.message;
      const { code, reason } = failure ?? { code: 3007, reason: 'unknown' };
      return {
        ...envelope,
        event_type: happening.type,
        data: { code, reason, message_id, chat_id, failed_at },
      };
    }
    case 'reaction.added':
    case 'reaction.removed':
      return { ...envelope, event_type: happening.type, data: toReactionData(happening) };
    case 'participant.added':
    case 'participant.removed': {
      const { chat, handle } = happening;
      const data = { handle, chat_id: chat.id, participant: toHandle(chat, handle) };
      return happening.type === 'participant.added'
        ? { ...envelope, event_type: happening.type, data: { ...data, added_at: chat.updated_at } }
        : { ...envelope, event_type: happening.type, data: { ...data, removed_at: chat.updated_at } };
    }
    case 'chat.renamed': {
      const { chat, by, previous } = happening;
      return {
        ...envelope,
        event_type: 'chat.group_name_updated',
        data: {
          chat_id: chat.id,
          updated_at: chat.updated_at,
          changed_by_handle: toHandle(chat, by),
          old_value: previous,
          new_value: chat.name,
        },
      };
    }
    case 'typing': {
      const { chat, by, state } = happening;
      if (by === chat.line) return undefined;
      return { ...envelope, event_type: `chat.typing_indicator.${state}`, data: { chat_id: chat.id } };
    }
    case 'line.changed': {
      const { line, previous } = happening;
      const [before, after] = [reputationOf(previous), reputationOf(line.status)];
      return {
        ...envelope,
        event_type: 'phone_number.status_updated',
        data: {
          phone_number: line.phone_number,
          previous_status: previous,
          new_status: line.status,
          previous_reputation: before,
          new_reputation: after,
          previous_health_status: before,
          new_health_status: after,
          changed_at: line.changed_at,
        },
      };
    }
    case 'message.accepted':
    case 'chat.read':
      return undefined;
  }
};
