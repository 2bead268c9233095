import type { Instant } from '@claw/kernel';
import { type ChatRecord, isGroup } from './chat';
import { type ApiRefusal, refusal } from './refusal';
import type { ServiceType } from './service';

/** Linq's limit for a group, not counting the line. */
export const MAX_RECIPIENTS = 31;

/** A group has at least three participants, the line being one. */
const MIN_RECIPIENTS = 2;

const onlyGroups = refusal(409, 1006, 'direct message chats cannot be updated');

/** The group with one more in it, who has to have the group's service. */
export const withMember = (
  chat: ChatRecord,
  handle: string,
  capabilities: readonly ServiceType[],
  now: Instant,
): ChatRecord | ApiRefusal => {
  if (!isGroup(chat)) return onlyGroups;
  if (handle === chat.line || chat.recipients.includes(handle))
    return refusal(400, 1005, 'handle: is in the group already');
  if (chat.recipients.length >= MAX_RECIPIENTS)
    return refusal(400, 1005, `a group has at most ${MAX_RECIPIENTS} recipients`);
  if (!capabilities.includes(chat.service))
    return refusal(400, 1005, `handle: has no ${chat.service}, which the group uses`);
  const { [handle]: _before, ...gone } = chat.gone;
  const recipients = [...chat.recipients, handle];
  return { ...chat, recipients, joined: { ...chat.joined, [handle]: now }, gone, updated_at: now };
};

/** The group without one of its members. */
export const withoutMember = (
  chat: ChatRecord,
  handle: string,
  how: 'left' | 'removed',
  now: Instant,
): ChatRecord | ApiRefusal => {
  if (!isGroup(chat)) return onlyGroups;
  if (!chat.recipients.includes(handle)) return refusal(400, 1005, 'handle: is not in the group');
  if (chat.recipients.length <= MIN_RECIPIENTS)
    return refusal(400, 1005, 'a group has at least three participants');
  const recipients = chat.recipients.filter((other) => other !== handle);
  return { ...chat, recipients, gone: { ...chat.gone, [handle]: { at: now, how } }, updated_at: now };
};

export const renamed = (chat: ChatRecord, name: string, now: Instant): ChatRecord | ApiRefusal =>
  isGroup(chat) ? { ...chat, name, updated_at: now } : onlyGroups;
