import type { Attachment } from '@claw/contracts';
import { z } from 'zod';

const mediaSchema = z.looseObject({
  type: z.literal('media'),
  url: z.string(),
  mimeType: z.string().optional(),
  filename: z.string().optional(),
  size: z.number().optional(),
});

/** What a file is called whose kind nobody told. */
export const unknownMimeType = 'application/octet-stream';

/** The files among a message's parts, of either direction, in order. */
export const attachmentsOf = (parts: readonly unknown[]): Attachment[] =>
  parts.flatMap((part) => {
    const media = mediaSchema.safeParse(part);
    if (!media.success) return [];
    const { url, mimeType = unknownMimeType, filename, size } = media.data;
    return [
      { url, mimeType, ...(filename !== undefined && { filename }), ...(size !== undefined && { size }) },
    ];
  });
