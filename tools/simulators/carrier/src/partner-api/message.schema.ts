import { z } from 'zod';
import { MAX_ATTACHMENT_BYTES } from '../attachments/attachments';
import { CONTENT_TYPES, filenameIn, isRefusedFile } from '../attachments/content-type';
import { E164 } from '../model/e164';
import { MAX_RECIPIENTS } from '../model/group';
import { Effect } from '../model/message';
import { ReactionType } from '../model/reaction';
import { ReplyToBody } from '../model/reply';
import { ServiceType } from '../model/service';

const MAX_TEXT = 10_000;
const MAX_LINK = 2_048;
const MAX_PARTS = 100;
const MAX_PARTS_BY_URL = 40;

const TextPart = z.object({ type: z.literal('text'), value: z.string().min(1).max(MAX_TEXT) });
const LinkPart = z.object({ type: z.literal('link'), value: z.url({ protocol: /^https?$/ }).max(MAX_LINK) });
const MediaPart = z
  .object({
    type: z.literal('media'),
    url: z
      .url({ protocol: /^https$/ })
      .max(MAX_LINK)
      .refine((url) => !isRefusedFile(filenameIn(url)), { error: 'files of this type are not supported' })
      .optional(),
    attachment_id: z.string().min(1).optional(),
  })
  .refine((part) => (part.url === undefined) !== (part.attachment_id === undefined), {
    error: 'a media part has either url or attachment_id',
  });
export type OfferedMedia = z.infer<typeof MediaPart>;
const Part = z.discriminatedUnion('type', [TextPart, LinkPart, MediaPart]);
type Part = z.infer<typeof Part>;

const isByUrl = (part: Part): boolean => part.type === 'media' && part.url !== undefined;

const Parts = z
  .array(Part)
  .min(1)
  .max(MAX_PARTS)
  .refine((parts) => parts.every((part, at) => part.type !== 'text' || parts[at - 1]?.type !== 'text'), {
    error: 'consecutive text parts are not allowed',
  })
  .refine((parts) => parts.length === 1 || parts.every((part) => part.type !== 'link'), {
    error: 'a link part must be the only part',
  })
  .refine((parts) => parts.filter(isByUrl).length <= MAX_PARTS_BY_URL, {
    error: `at most ${MAX_PARTS_BY_URL} media parts may be given by url`,
  });

/** What a message holds; the rules for its parts are Linq's. */
export const MessageContent = z.object({
  parts: Parts,
  effect: Effect.optional(),
  idempotency_key: z.string().min(1).max(255).optional(),
  preferred_service: ServiceType.optional(),
  reply_to: ReplyToBody.optional(),
});
export type MessageContent = z.infer<typeof MessageContent>;

export const CreateChatBody = z
  .object({ from: E164, to: z.array(E164).min(1).max(MAX_RECIPIENTS), message: MessageContent })
  .refine(({ from, to }) => !to.includes(from), { error: 'a line cannot text itself', path: ['to'] });

export const SendMessageBody = z.object({ message: MessageContent });

export const ReactionBody = z
  .object({
    operation: z.enum(['add', 'remove']),
    type: ReactionType,
    custom_emoji: z.string().min(1).max(64).optional(),
    part_index: z.int().min(0).default(0),
  })
  .refine(({ type, custom_emoji }) => type !== 'custom' || custom_emoji !== undefined, {
    error: 'is required where type is custom',
    path: ['custom_emoji'],
  });

export const ParticipantBody = z.object({ handle: E164 });

/** Icons aren't carried: asking for one is refused rather than forgotten. */
export const UpdateChatBody = z.object({
  display_name: z.string().min(1).max(255),
  group_chat_icon: z.never('the simulator carries no group icons').optional(),
});

export const CapabilityBody = z.object({ address: E164, from: E164.optional() });

const page = { limit: z.coerce.number().int().min(1).max(100).default(20), cursor: z.string().optional() };
export const ListChatsQuery = z.object({ ...page, from: E164.optional(), to: E164.optional() });
export const ListMessagesQuery = z.object(page);

export const AttachmentBody = z.object({
  content_type: z.enum(CONTENT_TYPES),
  filename: z.string().min(1).max(255),
  size_bytes: z.int().min(1).max(MAX_ATTACHMENT_BYTES),
});
