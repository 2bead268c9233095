import { z } from 'zod';
import { ReactionRecord } from './reaction';
import { ReplyTo } from './reply';
import { ServiceType } from './service';

/** A file that a message carries: where it is and what is known of it. */
export const MediaPart = z.object({
  type: z.literal('media'),
  id: z.string(),
  filename: z.string(),
  mime_type: z.string(),
  /** 0 where it lies elsewhere: the simulator never fetches it. */
  size_bytes: z.number(),
  url: z.string(),
});
export type MediaPart = z.infer<typeof MediaPart>;

export const CarriedPart = z.discriminatedUnion('type', [
  z.object({ type: z.enum(['text', 'link']), value: z.string() }),
  MediaPart,
]);
export type CarriedPart = z.infer<typeof CarriedPart>;

/** How a message makes its entrance on an iPhone, as `confetti` on the screen or `slam` of the bubble. */
export const Effect = z.object({
  name: z.string().max(50).exactOptional(),
  type: z.enum(['screen', 'bubble']).exactOptional(),
});
export type Effect = z.infer<typeof Effect>;

/** What is still to happen to an outbound message, and when (ISO time). */
export const Step = z.discriminatedUnion('status', [
  z.object({ status: z.enum(['sent', 'delivered', 'read']), at: z.string() }),
  z.object({ status: z.literal('failed'), at: z.string(), code: z.number(), reason: z.string() }),
]);
export type Step = z.infer<typeof Step>;

export const MessageRecord = z.object({
  id: z.string(),
  chat_id: z.string(),
  direction: z.enum(['inbound', 'outbound']),
  sender: z.string(),
  /** The people whose phones it goes to; none for what a customer wrote to us alone. */
  recipients: z.array(z.string()).default([]),
  parts: z.array(CarriedPart),
  service: ServiceType,
  preferred_service: ServiceType.nullable(),
  idempotency_key: z.string().nullable(),
  effect: Effect.nullable(),
  reply_to: ReplyTo.nullable(),
  reactions: z.array(ReactionRecord).default([]),
  status: z.enum(['pending', 'sent', 'delivered', 'read', 'failed', 'received']),
  failure: z.object({ code: z.number(), reason: z.string() }).nullable(),
  created_at: z.string(),
  updated_at: z.string(),
  sent_at: z.string().nullable(),
  delivered_at: z.string().nullable(),
  read_at: z.string().nullable(),
  /** The rest of its life, planned when it was accepted so that a restart goes on where it stood. */
  due: z.array(Step),
});
export type MessageRecord = z.infer<typeof MessageRecord>;

/** What a person would read on the screen; nothing where there are only pictures. */
export const textOf = (message: Pick<MessageRecord, 'parts'>): string =>
  message.parts.flatMap((part) => (part.type === 'media' ? [] : [part.value])).join('\n');

/** Whether a phone shows it: what failed, or is bound to, never gets there. */
export const reachesPhone = (message: MessageRecord): boolean =>
  message.status !== 'failed' && !message.due.some((step) => step.status === 'failed');
