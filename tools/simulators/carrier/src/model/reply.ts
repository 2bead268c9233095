import { z } from 'zod';
import type { MessageRecord } from './message';
import { type ApiRefusal, messageNotFound, refusal } from './refusal';

/** The message, and the part of it, that another one answers. */
export const ReplyTo = z.object({ message_id: z.string(), part_index: z.number().exactOptional() });
export type ReplyTo = z.infer<typeof ReplyTo>;

/** The same, as a client gives it. */
export const ReplyToBody = z.object({ message_id: z.uuid(), part_index: z.int().min(0).exactOptional() });

/**
 * Refuses a reply to what isn't there, or is in another chat.
 *
 * @param answered the message that is replied to, where there is one
 */
export const checkReply = (
  replyTo: ReplyTo | null,
  answered: MessageRecord | undefined,
  chatId: string,
): ApiRefusal | undefined => {
  if (replyTo === null) return undefined;
  if (answered?.chat_id !== chatId) return messageNotFound;
  return (replyTo.part_index ?? 0) < answered.parts.length
    ? undefined
    : refusal(400, 1005, 'reply_to.part_index: the message has no such part');
};
