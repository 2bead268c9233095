import { instant } from '@claw/kernel';
import { z } from 'zod';
import { E164 } from '../model/e164';
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

/** A customer texts one of our lines. */
export const InboundBody = z
  .strictObject({
    from: E164,
    to: E164,
    text: z.string().min(1).max(10_000).optional(),
    media: z.array(Media).min(1).max(100).optional(),
    /** When the customer sent it; earlier than now for a message that reaches us late. */
    sent_at: z.iso.datetime({ offset: true }).transform(instant).optional(),
    service: ServiceType.optional(),
  })
  .refine(({ from, to }) => from !== to, { error: 'must differ from to', path: ['from'] })
  .refine(({ text, media }) => text !== undefined || media !== undefined, {
    error: 'is missing, and there is no media',
    path: ['text'],
  });
export type InboundBody = z.infer<typeof InboundBody>;

/** Whose messages; neither: everyone's. */
export const MessagesQuery = z.strictObject({ to: E164.optional(), from: E164.optional() });

/** What an uploaded file is called. */
export const FileQuery = z.strictObject({ filename: z.string().min(1).max(255) });
