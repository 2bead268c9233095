import { idOf } from '@claw/kernel';
import type { LinqAPIV3 } from '@linqapp/sdk';
import { type ChatRecord, isGroup, peopleIn } from '../model/chat';

const CHAT_HEALTH_GUIDE = 'https://docs.linqapp.com/guides/chats/chat-health';

/** One participant of a chat, also one who is gone; `is_me` is our own line. */
export const toHandle = (chat: ChatRecord, handle: string): LinqAPIV3.ChatHandle => ({
  id: idOf(chat.id, handle),
  handle,
  is_me: handle === chat.line,
  joined_at: chat.joined[handle] ?? chat.created_at,
  left_at: chat.gone[handle]?.at ?? null,
  service: chat.service,
  status: chat.gone[handle]?.how ?? 'active',
});

export const toHealth = (chat: ChatRecord): LinqAPIV3.Chat.HealthStatus => ({
  status: 'HEALTHY',
  doc_url: CHAT_HEALTH_GUIDE,
  updated_at: chat.created_at,
});

export const toChat = (chat: ChatRecord): LinqAPIV3.Chat => ({
  id: chat.id,
  display_name: chat.name ?? chat.recipients.join(', '),
  handles: [...peopleIn(chat), ...Object.keys(chat.gone)].map((handle) => toHandle(chat, handle)),
  health_status: toHealth(chat),
  is_archived: false,
  is_group: isGroup(chat),
  group_chat_icon: null,
  service: chat.service,
  created_at: chat.created_at,
  updated_at: chat.updated_at,
});
