import { type Instant, instant } from '@claw/kernel';
import { z } from 'zod';

/** A time as the carrier writes it, as ours. */
const time = z.iso.datetime({ offset: true }).transform((text): Instant => instant(text));
const handle = z.looseObject({ handle: z.string() });
/** A text, or nothing where something else stands in its place. */
const text = z.string().optional().catch(undefined);

const partSchema = z.looseObject({
  type: z.string(),
  value: text,
  url: text,
  mime_type: text,
  filename: text,
  size_bytes: z.number().optional().catch(undefined),
});
export type CarrierPart = z.output<typeof partSchema>;

/** Any webhook; fields and types that aren't known are accepted. */
export const carrierEventSchema = z.looseObject({
  event_type: z.string(),
  created_at: time,
  data: z.unknown(),
});

/** The data of message.received, .sent, .delivered and .read. */
export const carrierMessageSchema = z.looseObject({
  id: z.string().min(1).max(255),
  chat: z.looseObject({
    id: z.string().min(1).max(255),
    is_group: z.boolean().nullish(),
    owner_handle: handle.nullish(),
  }),
  direction: z.string(),
  sender_handle: handle,
  service: z.string(),
  parts: z.array(partSchema),
  reply_to: z.looseObject({ message_id: text }).nullish().catch(undefined),
  idempotency_key: z.string().nullish(),
  sent_at: time.nullish(),
  delivered_at: time.nullish(),
  read_at: time.nullish(),
});
export type CarrierMessageData = z.output<typeof carrierMessageSchema>;

/** A chat as the carrier lists it. */
export const listedChatSchema = z.looseObject({
  id: z.string().min(1).max(255),
  is_group: z.boolean(),
  updated_at: time,
});
export type ListedChat = z.output<typeof listedChatSchema>;

/** A message as the carrier lists it: without its idempotency key, but with how far it has come. */
export const listedMessageSchema = z.looseObject({
  id: z.string().min(1).max(255),
  is_from_me: z.boolean(),
  delivery_status: z.string(),
  from_handle: handle.nullish().catch(undefined),
  from: text,
  parts: z.array(z.unknown()).nullish(),
  reply_to: z.unknown().optional(),
  service: z.string().nullish(),
  created_at: time,
  updated_at: time.nullish(),
  sent_at: time.nullish(),
  delivered_at: time.nullish(),
  read_at: time.nullish(),
});
export type ListedMessage = z.output<typeof listedMessageSchema>;

/** The data of message.failed; the code is missing where only a list told of it. */
export const carrierFailureSchema = z.looseObject({
  code: z.number().optional(),
  failed_at: time,
  chat_id: z.string().optional(),
  message_id: z.string().optional(),
  reason: z.string().optional(),
});
export type CarrierFailureData = z.output<typeof carrierFailureSchema>;

/** The data of participant.added and .removed. Who it was isn't read: the carrier is asked who is there now. */
export const carrierParticipantSchema = z.looseObject({ chat_id: z.string().min(1).max(255) });

/** The data of reaction.added and .removed. */
export const carrierReactionSchema = z.looseObject({
  is_from_me: z.boolean(),
  reaction_type: z.string(),
  message_id: z.string().min(1).max(255),
  part_index: z.number().int().min(0).optional().catch(undefined),
  from_handle: handle.nullish(),
  from: text,
  reacted_at: time.nullish(),
});
export type CarrierReactionData = z.output<typeof carrierReactionSchema>;

/** The data of chat.typing_indicator.started and .stopped. */
export const carrierTypingSchema = z.looseObject({ chat_id: z.string().min(1).max(255) });

/** The data of phone_number.status_updated. */
export const carrierLineSchema = z.looseObject({
  phone_number: z.string(),
  previous_status: text,
  new_status: z.string(),
});
