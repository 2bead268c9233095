import { type Instant, epochMs, plusMs } from '@claw/kernel';
import type { Behaviour } from '../behaviour/behaviour.schema';
import { type ApiRefusal, refusal } from './refusal';
import { type ChatRecord, isGroup } from './chat';
import { planLife } from './lifecycle';
import type { CarriedPart, MessageRecord } from './message';
import { type ServiceType, pickService } from './service';

/** Messages from one line to one recipient within {@link RATE_WINDOW_MS}. */
export const RATE_LIMIT = 30;
export const RATE_WINDOW_MS = 60_000;

const URL_IN_TEXT = /\bhttps?:\/\/|\bwww\./i;

const holdsLink = (part: CarriedPart): boolean =>
  part.type === 'link' || (part.type === 'text' && URL_IN_TEXT.test(part.value));

/** A message that came through the door: its shape and its parts are known to be right. */
export interface SendCommand {
  readonly parts: readonly CarriedPart[];
  readonly preferred_service: ServiceType | null;
  readonly idempotency_key: string | null;
  readonly effect: MessageRecord['effect'];
  readonly reply_to: MessageRecord['reply_to'];
}

/** What there is to know before deciding on a message. */
export interface SendContext {
  /** The chat it goes to; one that `opens` isn't known to anybody yet. */
  readonly chat: ChatRecord;
  readonly opens: boolean;
  /** Whether the line is flagged. */
  readonly flagged: boolean;
  /** When this line sent to these people within the last window, oldest first. Empty where limits are lifted. */
  readonly recentSends: readonly Instant[];
  readonly behaviour: Behaviour;
  /** What each recipient's phone can do. */
  readonly capabilities: readonly (readonly ServiceType[])[];
  readonly messageId: string;
  readonly now: Instant;
}

/** Accepts a message with the life it will have, or refuses it as Linq would. */
export const decideSend = (
  command: SendCommand,
  { chat, opens, flagged, recentSends, behaviour, capabilities, messageId, now }: SendContext,
): MessageRecord | ApiRefusal => {
  if (flagged) return refusal(403, 2005, 'the sending line is flagged');
  if (opens && command.parts.some(holdsLink)) {
    return refusal(400, 1005, 'the first message of a new chat must not contain a link');
  }
  const [oldest] = recentSends;
  if (oldest !== undefined && recentSends.length >= RATE_LIMIT) {
    const waitMs = epochMs(plusMs(oldest, RATE_WINDOW_MS)) - epochMs(now);
    return refusal(429, 1007, 'rate limit exceeded', Math.max(1, Math.ceil(waitMs / 1000)));
  }
  const service = pickService(command.preferred_service, capabilities);
  return {
    ...command,
    parts: [...command.parts],
    id: messageId,
    chat_id: chat.id,
    direction: 'outbound',
    sender: chat.line,
    recipients: chat.recipients,
    service: service ?? command.preferred_service ?? 'SMS',
    reactions: [],
    status: 'pending',
    failure: null,
    created_at: now,
    updated_at: now,
    sent_at: null,
    delivered_at: null,
    read_at: null,
    due: planLife(behaviour, service, isGroup(chat), now),
  };
};
