import { z } from 'zod';
import { socketErrorCodes } from './error-codes';
import { deliveryStateSchema, reactionTypeSchema } from './message';
import { e164Schema } from './phone-number';
import { instantSchema } from './route-entry';

/** A person in a chat: a number, or a stand-in for one that is another subaccount's customer. */
export const personSchema = z.union([
  e164Schema,
  z
    .string()
    .regex(/^hidden-[0-9a-f]{8}$/)
    .meta({
      description: 'A number that is registered to somebody else: the same stand-in in the same chat.',
    }),
]);
export type Person = z.infer<typeof personSchema>;

export const attachmentSchema = z.object({
  url: z.string(),
  mimeType: z.string(),
  filename: z.string().optional(),
  size: z.number().optional(),
});
export type Attachment = z.infer<typeof attachmentSchema>;

export const messageFrameSchema = z.object({
  type: z.literal('message'),
  messageId: z.string(),
  chatId: z.string(),
  from: personSchema,
  /** The text parts, joined by line ends. */
  text: z.string(),
  parts: z.array(z.unknown()),
  attachments: z.array(attachmentSchema),
  isGroup: z.boolean(),
  /** Of a group: everybody in it but the sending number. */
  participants: z.array(personSchema).optional(),
  service: z.string(),
  replyTo: z.object({ messageId: z.string() }).optional(),
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

export const reactionFrameSchema = z.object({
  type: z.literal('reaction'),
  from: personSchema,
  chatId: z.string(),
  messageId: z.string(),
  reactionType: reactionTypeSchema,
  remove: z.boolean(),
  timestamp: instantSchema,
});

/** What lies in a subaccount's feed: a frame as the agent gets it, but for its `seq`, which is its place in the stream. */
export const feedEntrySchema = z.discriminatedUnion('type', [
  messageFrameSchema,
  statusFrameSchema,
  reactionFrameSchema,
]);
export type FeedEntry = z.infer<typeof feedEntrySchema>;
export type MessageEntry = z.infer<typeof messageFrameSchema>;
export type StatusEntry = z.infer<typeof statusFrameSchema>;
export type ReactionEntry = z.infer<typeof reactionFrameSchema>;
