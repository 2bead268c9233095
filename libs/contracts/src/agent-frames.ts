import { z } from 'zod';
import { givenTimeSchema } from './given-time';
import {
  effectSchema,
  maxRecipients,
  maxTextLength,
  type Part,
  partSchema,
  reactionTypeSchema,
  replyToSchema,
  serviceSchema,
} from './message';
import { type PhoneNumber, phoneNumberSchema } from './phone-number';
import { storableTextSchema } from './storable-text';

const id = storableTextSchema.min(1).max(255);

/** Texts side by side become one, on lines of their own: the carrier takes no two in a row. */
const fitsOneMessage = (parts: readonly Part[]): boolean =>
  parts.reduce((length, part) => length + (part.type === 'text' ? part.value.length + 1 : 0), -1) <=
  maxTextLength;

/** One number, or those of a group; distinct and in order, so that the same people are always the same. */
const recipientsSchema = z
  .union([phoneNumberSchema, z.array(phoneNumberSchema).min(1).max(maxRecipients)])
  .transform((to): readonly PhoneNumber[] => (typeof to === 'string' ? [to] : [...new Set(to)].sort()))
  .meta({ description: 'One number, or 2 to 31 for a group: a new one, or the one with the same people.' });

const chatIdSchema = z.uuid().toLowerCase();

/** What a send says, on the socket and over REST alike. */
export const sendContentSchema = z.object({
  to: recipientsSchema.optional(),
  chatId: chatIdSchema.optional(),
  parts: z
    .array(partSchema)
    .min(1)
    .max(40)
    .refine(fitsOneMessage, `together, text parts must have at most ${maxTextLength} characters`),
  service: serviceSchema.optional(),
  idempotencyKey: storableTextSchema.min(1).max(255).optional(),
  replyTo: replyToSchema.optional(),
  effect: effectSchema.optional(),
});

const oneAddress = (send: { to?: unknown; chatId?: unknown }) =>
  (send.to === undefined) !== (send.chatId === undefined);
const oneAddressMessage = { message: 'exactly one of to and chatId must be given', path: ['to'] };
/** The same for those who read the schema as JSON Schema. */
const oneAddressMeta = { oneOf: [{ required: ['to'] }, { required: ['chatId'] }] };

/** `send`: answered by a `send.result` with the same `id`. */
export const sendFrameSchema = sendContentSchema
  .extend({ type: z.literal('send'), id })
  .refine(oneAddress, oneAddressMessage)
  .meta(oneAddressMeta);
export type SendFrame = z.infer<typeof sendFrameSchema>;

/** The body of `POST /api/messages`: a `send` without `type`, and `id` may be left to us. */
export const sendBodySchema = sendContentSchema
  .extend({ id: id.optional() })
  .refine(oneAddress, oneAddressMessage)
  .meta(oneAddressMeta);
export type SendBody = z.infer<typeof sendBodySchema>;

const ofChat = { to: phoneNumberSchema.optional(), chatId: chatIdSchema.optional(), id: id.optional() };
const chatSignal = <Type extends string>(type: Type) =>
  z
    .object({ type: z.literal(type), ...ofChat })
    .refine(oneAddress, oneAddressMessage)
    .meta(oneAddressMeta);

/** `reaction`: answered by a `reaction.result` with the same `id`. */
export const reactFrameSchema = z.object({
  type: z.literal('reaction'),
  id,
  messageId: storableTextSchema.min(1).max(255),
  reactionType: reactionTypeSchema,
  remove: z.boolean().default(false),
});
export type ReactFrame = z.infer<typeof reactFrameSchema>;

/** `sync`: asks for what was missed, by time or by `seq` (with the `epoch` that it came from). */
export const syncFrameSchema = z
  .object({
    type: z.literal('sync'),
    since: givenTimeSchema.optional(),
    after_seq: z.number().int().min(0).optional(),
    epoch: z.string().max(64).optional(),
  })
  .refine((sync) => (sync.since === undefined) !== (sync.after_seq === undefined), {
    message: 'exactly one of since and after_seq must be given',
    path: ['since'],
  })
  .meta({ oneOf: [{ required: ['since'] }, { required: ['after_seq'] }] });
export type SyncFrame = z.infer<typeof syncFrameSchema>;

export const authFrameSchema = z.object({ type: z.literal('auth'), key: z.string().max(128) });

/** Every frame an agent may send, by its `type`. */
export const agentFrames = {
  send: sendFrameSchema,
  'typing.start': chatSignal('typing.start'),
  'typing.stop': chatSignal('typing.stop'),
  read: chatSignal('read'),
  reaction: reactFrameSchema,
  sync: syncFrameSchema,
  ping: z.object({ type: z.literal('ping') }),
  pong: z.object({ type: z.literal('pong') }),
} as const;
export type AgentFrameType = keyof typeof agentFrames;
/** A sign of life in a chat: kept nowhere, refused by an `error` frame. */
export type ChatSignalFrame = z.infer<(typeof agentFrames)['typing.start' | 'typing.stop' | 'read']>;
