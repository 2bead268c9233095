import { sendFrameSchema, sendResultSchema } from '@claw/contracts';
import { z } from 'zod';

const subaccountId = z.string();

/** What one gateway asks of another about a subaccount that the other owns. */
export const peerRequestSchema = z.discriminatedUnion('ask', [
  /** Give it up: a new socket is here, or an older one that goes on, or only its unsettled messages are asked for. */
  z.object({
    ask: z.literal('yield'),
    subaccountId,
    reason: z.enum(['new socket', 'resumed socket', 'settlement']),
  }),
  z.object({ ask: z.literal('send'), subaccountId, agencyId: z.string(), frame: sendFrameSchema }),
  z.object({ ask: z.literal('usage'), subaccountId }),
  z.object({ ask: z.literal('recount'), subaccountId }),
]);
export type PeerRequest = z.infer<typeof peerRequestSchema>;

export const peerReplySchema = z.discriminatedUnion('answer', [
  z.object({ answer: z.literal('yielded') }),
  /** Two clients keep taking the subaccount from each other: the newer one is to be refused. */
  z.object({ answer: z.literal('contested') }),
  /** A newer socket lives here. */
  z.object({ answer: z.literal('replaced') }),
  z.object({ answer: z.literal('not mine') }),
  z.object({ answer: z.literal('sent'), result: sendResultSchema }),
  z.object({ answer: z.literal('usage'), used: z.number(), connected: z.boolean() }),
  z.object({ answer: z.literal('recounted'), changed: z.boolean() }),
  z.object({ answer: z.literal('unavailable') }),
]);
export type PeerReply = z.infer<typeof peerReplySchema>;
