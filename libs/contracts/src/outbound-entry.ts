import { z } from 'zod';
import { effectSchema, partSchema, reactionTypeSchema, replyToSchema, serviceSchema } from './message';
import { e164Schema } from './phone-number';
import { instantSchema } from './route-entry';
import { storableTextSchema } from './storable-text';

/** An accepted message as it lies in OUTBOUND: all that dispatch needs to know, for good. */
export const outboundMessageSchema = z.object({
  kind: z.literal('message'),
  messageId: z.string(),
  chatId: z.string(),
  agencyId: z.string(),
  subaccountId: z.string(),
  /** The agent's own id for it, where it gave one. */
  clientId: storableTextSchema.nullable(),
  from: e164Schema,
  to: z.array(e164Schema).min(1),
  /** The claim that allowed it: dispatch looks again. Null for a group, which has no claim of its own. */
  claimRevision: z.number().int().min(0).nullable(),
  parts: z.array(partSchema).min(1),
  service: serviceSchema.nullable(),
  effect: effectSchema.nullable(),
  replyTo: replyToSchema.nullable(),
  acceptedAt: instantSchema,
});
export type OutboundMessage = z.infer<typeof outboundMessageSchema>;

/** An accepted reaction to a message of either direction. Counts against no limit. */
export const outboundReactionSchema = z.object({
  kind: z.literal('reaction'),
  reactionId: z.string(),
  agencyId: z.string(),
  subaccountId: z.string(),
  /** The agent's own id for it: its `reaction.result` carries it. */
  clientId: storableTextSchema,
  /** The message it is about, which may turn out to be nobody's. */
  messageId: storableTextSchema,
  reactionType: reactionTypeSchema,
  remove: z.boolean(),
  acceptedAt: instantSchema,
});
export type OutboundReaction = z.infer<typeof outboundReactionSchema>;

/** What a customer's STOP, START or HELP is answered with. It is no subaccount's and counts against no limit. */
export const automaticReplySchema = z.object({
  kind: z.literal('automatic'),
  messageId: z.string(),
  chatId: z.string(),
  agencyId: z.string(),
  answers: z.enum(['stop', 'start', 'help']),
  from: e164Schema,
  to: z.array(e164Schema).length(1),
  text: storableTextSchema.min(1),
  acceptedAt: instantSchema,
});
export type AutomaticReply = z.infer<typeof automaticReplySchema>;

const entrySchema = z.discriminatedUnion('kind', [
  outboundMessageSchema,
  outboundReactionSchema,
  automaticReplySchema,
]);

/** Everything that lies in OUTBOUND. Entries without a `kind` are messages from before there were others. */
export const outboundEntrySchema = z.preprocess(
  (entry) =>
    typeof entry === 'object' && entry !== null && !('kind' in entry)
      ? { kind: 'message', effect: null, replyTo: null, ...entry }
      : entry,
  entrySchema,
);
export type OutboundEntry = z.infer<typeof entrySchema>;
