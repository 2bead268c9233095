import { z } from 'zod';
import { socketErrorCodes } from './error-codes';
import { e164Schema } from './phone-number';

/** A customer types, or has stopped; said for 60 seconds at the most. */
export const typingFrameSchema = z.object({
  type: z.literal('typing'),
  from: e164Schema,
  chatId: z.string(),
  state: z.enum(['started', 'stopped']),
});

/** What became of an agent's reaction. */
export const reactionResultSchema = z.object({
  type: z.literal('reaction.result'),
  id: z.string(),
  ok: z.boolean(),
  error: z.string().optional(),
  errorCode: z.enum(socketErrorCodes).optional(),
  retry_after_ms: z.number().int().optional(),
});
export type ReactionResult = z.infer<typeof reactionResultSchema>;

/**
 * A frame for an agent that is worth something only now: sent to whichever gateway holds its socket, kept nowhere, and
 * without a `seq`.
 */
export const liveSignalSchema = z.discriminatedUnion('type', [typingFrameSchema, reactionResultSchema]);
export type LiveSignal = z.infer<typeof liveSignalSchema>;
