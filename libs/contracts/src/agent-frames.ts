import { z } from 'zod';
import { maxTextLength, type Part, partSchema, serviceSchema } from './message';
import { phoneNumberSchema } from './phone-number';
import { storableTextSchema } from './storable-text';

const id = storableTextSchema.min(1).max(255);

/** Text parts become one text, on lines of their own: the carrier takes no two side by side. */
const fitsOneMessage = (parts: readonly Part[]): boolean =>
  parts.reduce((length, { value }) => length + value.length + 1, -1) <= maxTextLength;

/** What a send says, on the socket and over REST alike. */
export const sendContentSchema = z.object({
  to: phoneNumberSchema.optional(),
  chatId: z.uuid().toLowerCase().optional(),
  parts: z
    .array(partSchema)
    .min(1)
    .max(40)
    .refine(fitsOneMessage, `together, text parts must have at most ${maxTextLength} characters`),
  service: serviceSchema.optional(),
  idempotencyKey: storableTextSchema.min(1).max(255).optional(),
});

const oneAddress = (send: { to?: unknown; chatId?: unknown }) =>
  (send.to === undefined) !== (send.chatId === undefined);
const oneAddressMessage = { message: 'exactly one of to and chatId must be given', path: ['to'] };

/** `send`: answered by a `send.result` with the same `id`. */
export const sendFrameSchema = sendContentSchema
  .extend({ type: z.literal('send'), id })
  .refine(oneAddress, oneAddressMessage);
export type SendFrame = z.infer<typeof sendFrameSchema>;

/** The body of `POST /api/messages`: a `send` without `type`, and `id` may be left to us. */
export const sendBodySchema = sendContentSchema
  .extend({ id: id.optional() })
  .refine(oneAddress, oneAddressMessage);
export type SendBody = z.infer<typeof sendBodySchema>;

/** An offset can carry a time into a year that RFC 3339 can't write. */
const hasFourDigitYear = (time: string): boolean => {
  const year = new Date(time).getUTCFullYear();
  return year >= 0 && year <= 9_999;
};

/** `sync`: asks for what was missed, by time or by `seq` (with the `epoch` that it came from). */
export const syncFrameSchema = z
  .object({
    type: z.literal('sync'),
    since: z.iso.datetime({ offset: true }).refine(hasFourDigitYear, 'must be a time').optional(),
    after_seq: z.number().int().min(0).optional(),
    epoch: z.string().max(64).optional(),
  })
  .refine((sync) => (sync.since === undefined) !== (sync.after_seq === undefined), {
    message: 'exactly one of since and after_seq must be given',
    path: ['since'],
  });
export type SyncFrame = z.infer<typeof syncFrameSchema>;

export const authFrameSchema = z.object({ type: z.literal('auth'), key: z.string().max(128) });

/** Every frame an agent may send, by its `type`. */
export const agentFrames = {
  send: sendFrameSchema,
  sync: syncFrameSchema,
  ping: z.object({ type: z.literal('ping') }),
  pong: z.object({ type: z.literal('pong') }),
} as const;
export type AgentFrameType = keyof typeof agentFrames;
