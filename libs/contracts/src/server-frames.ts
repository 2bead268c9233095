import { z } from 'zod';
import { socketErrorCodes } from './error-codes';
import { messageFrameSchema, reactionFrameSchema, statusFrameSchema } from './feed-entry';
import { reactionResultSchema, typingFrameSchema } from './live-signal';
import { instantSchema } from './route-entry';

const seq = z.number().int().min(0);

export const sendAcceptedSchema = z.object({
  type: z.literal('send.result'),
  id: z.string(),
  ok: z.literal(true),
  messageId: z.string(),
  chatId: z.string(),
  status: z.literal('queued'),
});

export const sendRefusedSchema = z.object({
  type: z.literal('send.result'),
  id: z.string(),
  ok: z.literal(false),
  /** A sentence that a person can act on. */
  error: z.string(),
  errorCode: z.enum(socketErrorCodes),
  retry_after_ms: z.number().int().optional(),
  phone_numbers: z.array(z.string()).optional(),
  resets_at: instantSchema.optional(),
});

export const sendResultSchema = z.discriminatedUnion('ok', [sendAcceptedSchema, sendRefusedSchema]);
/** The answer to a `send`; `ok` means durable. */
export type SendResult = z.infer<typeof sendResultSchema>;
export type SendAccepted = z.infer<typeof sendAcceptedSchema>;
export type SendRefused = z.infer<typeof sendRefusedSchema>;

/** Every frame an agent may get, by its `type`. */
export const serverFrames = {
  ready: z.object({
    type: z.literal('ready'),
    sending_number: z.string(),
    /** The newest entry of this agent's own feed; 0 where there is none. */
    seq,
    /** Which life of the feed `seq` counts in. */
    epoch: z.string(),
    limits: z.record(z.string(), z.number()),
    used: z.number().int(),
    message_limit: z.number().int(),
  }),
  'send.result': sendResultSchema,
  message: messageFrameSchema.extend({ seq, replay: z.literal(true).optional() }),
  status: statusFrameSchema.extend({ seq, replay: z.literal(true).optional() }),
  reaction: reactionFrameSchema.extend({ seq, replay: z.literal(true).optional() }),
  'reaction.result': reactionResultSchema,
  typing: typingFrameSchema,
  'sync.gap': z.object({ type: z.literal('sync.gap'), oldest_seq: seq }),
  'sync.done': z.object({ type: z.literal('sync.done'), count: z.number().int(), seq }),
  error: z.object({
    type: z.literal('error'),
    code: z.string(),
    message: z.string(),
    id: z.string().optional(),
  }),
  ping: z.object({ type: z.literal('ping') }),
  pong: z.object({ type: z.literal('pong'), seq }),
  draining: z.object({ type: z.literal('draining'), reconnect_after_ms: z.number().int() }),
} as const;
export type ServerFrameType = keyof typeof serverFrames;
export type ServerFrame = z.infer<(typeof serverFrames)[ServerFrameType]>;
