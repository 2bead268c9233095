import { z } from 'zod';
import { instantSchema } from './route-entry';
import { storableTextSchema } from './storable-text';

export const serviceSchema = z.enum(['iMessage', 'RCS', 'SMS']);
/** How a message travels. */
export type Service = z.infer<typeof serviceSchema>;

/** People that one message can go to: the sending number is one more in the chat. */
export const maxRecipients = 31;

/** Characters of one text, and of all the texts of a message together. */
export const maxTextLength = 10_000;

export const textPartSchema = z.object({
  type: z.literal('text'),
  value: storableTextSchema.min(1).max(maxTextLength),
});

/** Fetched by the carrier, never by us. */
export const mediaPartSchema = z.object({
  type: z.literal('media'),
  url: z.url({ protocol: /^https$/ }).max(2_048),
  mimeType: storableTextSchema.min(1).max(255).optional(),
});

/** One part of a message. */
export const partSchema = z.discriminatedUnion('type', [textPartSchema, mediaPartSchema]);
export type Part = z.infer<typeof partSchema>;

export const screenEffects = [
  'confetti',
  'fireworks',
  'lasers',
  'sparkles',
  'celebration',
  'hearts',
  'love',
  'balloons',
  'happy_birthday',
  'echo',
  'spotlight',
] as const;
export const bubbleEffects = ['slam', 'loud', 'gentle', 'invisible'] as const;

/** How an iMessage makes its entrance (names: Linq's, as of `@linqapp/sdk` 0.28). */
export const effectSchema = z.enum([...screenEffects, ...bubbleEffects]);
export type Effect = z.infer<typeof effectSchema>;

/** The message that one is a threaded reply to; `plain` sends it unthreaded where nobody knows that message. */
export const replyToSchema = z.object({
  messageId: storableTextSchema.min(1).max(255),
  fallback: z.enum(['plain', 'fail']).default('fail'),
});
export type ReplyTo = z.infer<typeof replyToSchema>;

/** The reactions that a phone has for a message. */
export const reactionTypeSchema = z.enum(['love', 'like', 'dislike', 'laugh', 'emphasize', 'question']);
export type ReactionType = z.infer<typeof reactionTypeSchema>;

/** How far a message has come; only ever forwards. `failed` ends it. */
export const deliveryStates = ['queued', 'sent', 'delivered', 'read', 'failed'] as const;
export const deliveryStateSchema = z.enum(deliveryStates);
export type DeliveryState = z.infer<typeof deliveryStateSchema>;

/** A carrier's webhook as it lies in INBOUND: verified at the door, read later. */
export const inboundNoticeSchema = z.object({
  webhookId: z.string(),
  receivedAt: instantSchema,
  body: z.unknown(),
});
export type InboundNotice = z.infer<typeof inboundNoticeSchema>;
