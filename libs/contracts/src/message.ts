import { z } from 'zod';
import { socketErrorCodes } from './error-codes';
import { e164Schema } from './phone-number';
import { instantSchema } from './route-entry';
import { storableTextSchema } from './storable-text';

export const serviceSchema = z.enum(['iMessage', 'RCS', 'SMS']);
/** How a message travels. */
export type Service = z.infer<typeof serviceSchema>;

/** Characters of one text, and of all the texts of a message together. */
export const maxTextLength = 10_000;

export const textPartSchema = z.object({
  type: z.literal('text'),
  value: storableTextSchema.min(1).max(maxTextLength),
});
/** One part of a message. */
export const partSchema = z.discriminatedUnion('type', [textPartSchema]);
export type Part = z.infer<typeof partSchema>;

/** How far a message has come; only ever forwards. `failed` ends it. */
export const deliveryStates = ['queued', 'sent', 'delivered', 'read', 'failed'] as const;
export const deliveryStateSchema = z.enum(deliveryStates);
export type DeliveryState = z.infer<typeof deliveryStateSchema>;

/** An accepted message as it lies in OUTBOUND: all that dispatch needs to know, for good. */
export const outboundMessageSchema = z.object({
  messageId: z.string(),
  chatId: z.string(),
  agencyId: z.string(),
  subaccountId: z.string(),
  /** The agent's own id for it, where it gave one. */
  clientId: storableTextSchema.nullable(),
  from: e164Schema,
  to: z.array(e164Schema).min(1),
  /** The claim that allowed it: dispatch looks again. */
  claimRevision: z.number().int().min(0).nullable(),
  parts: z.array(partSchema).min(1),
  service: serviceSchema.nullable(),
  acceptedAt: instantSchema,
});
export type OutboundMessage = z.infer<typeof outboundMessageSchema>;

/** A carrier's webhook as it lies in INBOUND: verified at the door, read later. */
export const inboundNoticeSchema = z.object({
  webhookId: z.string(),
  receivedAt: instantSchema,
  body: z.unknown(),
});
export type InboundNotice = z.infer<typeof inboundNoticeSchema>;

export const messageFrameSchema = z.object({
  type: z.literal('message'),
  messageId: z.string(),
  chatId: z.string(),
  from: e164Schema,
  /** The text parts, joined by line ends. */
  text: z.string(),
  parts: z.array(z.unknown()),
  attachments: z.array(
    z.object({
      url: z.string(),
      mimeType: z.string(),
      filename: z.string().optional(),
      size: z.number().optional(),
    }),
  ),
  isGroup: z.boolean(),
  service: z.string(),
  timestamp: instantSchema,
});

export const statusFrameSchema = z.object({
  type: z.literal('status'),
  messageId: z.string(),
  /** The client's own id for the message. */
  id: z.string().optional(),
  status: deliveryStateSchema,
  service: z.string().optional(),
  error: z.string().optional(),
  errorCode: z.enum(socketErrorCodes).optional(),
  timestamp: instantSchema,
});

/** What lies in a subaccount's feed: a frame as the agent gets it, but for its `seq`, which is its place in the stream. */
export const feedEntrySchema = z.discriminatedUnion('type', [messageFrameSchema, statusFrameSchema]);
export type FeedEntry = z.infer<typeof feedEntrySchema>;
export type MessageEntry = z.infer<typeof messageFrameSchema>;
export type StatusEntry = z.infer<typeof statusFrameSchema>;
