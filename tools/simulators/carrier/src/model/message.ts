import { z } from 'zod';
import { ServiceType } from './service';

/** A part that the simulator carries. Media is checked at the door but not carried. */
export const CarriedPart = z.object({ type: z.enum(['text', 'link']), value: z.string() });
export type CarriedPart = z.infer<typeof CarriedPart>;

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
  parts: z.array(CarriedPart),
  service: ServiceType,
  preferred_service: ServiceType.nullable(),
  idempotency_key: z.string().nullable(),
  effect: z
    .object({ name: z.string().exactOptional(), type: z.enum(['screen', 'bubble']).exactOptional() })
    .nullable(),
  reply_to: z.object({ message_id: z.string(), part_index: z.number().exactOptional() }).nullable(),
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

/** What a person would read on the screen. */
export const textOf = (message: Pick<MessageRecord, 'parts'>): string =>
  message.parts.map((part) => part.value).join('\n');

/** Whether a phone shows it: what failed, or is bound to, never gets there. */
export const reachesPhone = (message: MessageRecord): boolean =>
  message.status !== 'failed' && !message.due.some((step) => step.status === 'failed');
