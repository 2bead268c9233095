import { instantSchema } from '@claw/contracts';
import { z } from 'zod';

/** `idempotency/<subaccountId>.<digest of the key>`: what a key was first used for. Kept for 24 hours. */
export const idempotencyRecordSchema = z.object({
  content: z.string(),
  messageId: z.string(),
  chatId: z.string(),
  reservedAt: instantSchema,
  /** Whether the stream is known to hold the message: if not, a retry looks and publishes it again. */
  stored: z.boolean(),
});
export type IdempotencyRecord = z.infer<typeof idempotencyRecordSchema>;
