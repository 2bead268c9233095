import { instant } from '@claw/kernel';
import { z } from 'zod';
import { E164 } from '../model/e164';
import { MAX_RECIPIENTS } from '../model/group';
import { LineRecord } from '../model/line';
import { Effect } from '../model/message';
import { ReactionType } from '../model/reaction';
import { ReplyToBody } from '../model/reply';
import { ServiceType } from '../model/service';

/** A file that a customer sends: where it lies, or one that was uploaded here. */
const Media = z.union([
  z.strictObject({
    url: z.url({ protocol: /^https?$/ }).max(2_048),
    /** Absent: told by the ending of the name. */
    mime_type: z.string().min(1).max(255).optional(),
    /** Absent: what the URL ends with. */
    filename: z.string().min(1).max(255).optional(),
  }),
  z.strictObject({ attachment_id: z.uuid() }),
]);
export type Media = z.infer<typeof Media>;

/** The chat with a line that a customer acts in: the direct one, or any by its id. */
const where = { from: E164, to: E164.optional(), chat_id: z.uuid().optional() };
const one = ({ to, chat_id }: { to?: string | undefined; chat_id?: string | undefined }): boolean =>
  (to === undefined) !== (chat_id === undefined);
const eitherOr = { error: 'either to or chat_id is needed', path: ['to'] };

/** A customer texts one of our lines, alone or in a group. */
export const InboundBody = z
  .strictObject({
    ...where,
    /** Who else is in it, for a group that isn't named by its `chat_id`. */
    group: z
      .array(E164)
      .min(1)
      .max(MAX_RECIPIENTS - 1)
      .optional(),
    text: z.string().min(1).max(10_000).optional(),
    media: z.array(Media).min(1).max(100).optional(),
    /** When the customer sent it; earlier than now for a message that reaches us late. */
    sent_at: z.iso.datetime({ offset: true }).transform(instant).optional(),
    service: ServiceType.optional(),
    effect: Effect.optional(),
    reply_to: ReplyToBody.optional(),
  })
  .refine(one, eitherOr)
  .refine(({ group, to }) => group === undefined || to !== undefined, { error: 'needs to', path: ['group'] })
  .refine(
    ({ from, to, group = [] }) => from !== to && !group.some((other) => other === from || other === to),
    {
      error: 'must differ from to and from the others',
      path: ['from'],
    },
  )
  .refine(({ text, media }) => text !== undefined || media !== undefined, {
    error: 'is missing, and there is no media',
    path: ['text'],
  });
export type InboundBody = z.infer<typeof InboundBody>;

/** A customer reacts to a message, or takes the reaction back. */
export const ReactionBody = z
  .strictObject({
    from: E164,
    message_id: z.uuid(),
    type: ReactionType,
    custom_emoji: z.string().min(1).max(64).optional(),
    part_index: z.int().min(0).default(0),
    remove: z.boolean().default(false),
  })
  .refine(({ type, custom_emoji }) => (type === 'custom') === (custom_emoji !== undefined), {
    error: 'goes with type custom, and only with it',
    path: ['custom_emoji'],
  });

export const TypingBody = z
  .strictObject({ ...where, state: z.enum(['started', 'stopped']) })
  .refine(one, eitherOr);

/** A customer reads what was delivered. */
export const ReadBody = z.strictObject(where).refine(one, eitherOr);

/** Who comes into a group, leaves it, or is removed. */
export const ParticipantsBody = z.strictObject({
  chat_id: z.uuid(),
  handle: E164,
  operation: z.enum(['add', 'leave', 'remove']),
});

/** A member gives the group a name. */
export const GroupNameBody = z.strictObject({
  chat_id: z.uuid(),
  from: E164,
  name: z.string().min(1).max(255),
});

/** A line's standing. */
export const LineBody = z.strictObject({ phone_number: E164, status: LineRecord.shape.status });

/** Whose messages; neither: everyone's. */
export const MessagesQuery = z.strictObject({ to: E164.optional(), from: E164.optional() });

/** Whose phone. */
export const ThreadsQuery = z.strictObject({ phone: E164 });

/** What an uploaded file is called. */
export const FileQuery = z.strictObject({ filename: z.string().min(1).max(255) });
