import { type DispatchFailure, failed } from './dispatch-policy';

/** What an agent wants where nobody knows the message that it replies to. */
export type ReplyFallback = 'plain' | 'fail';

/**
 * How a threaded reply is sent: under the carrier's message, plainly (null), or not at all. `carrierMessageId` is
 * undefined where nobody knows the message that it is a reply to.
 */
export const threadReply = (
  carrierMessageId: string | undefined,
  fallback: ReplyFallback,
): string | null | DispatchFailure => {
  if (carrierMessageId !== undefined) return carrierMessageId;
  return fallback === 'plain' ? null : failed('message_not_found', 'Nobody knows the message it replies to.');
};
