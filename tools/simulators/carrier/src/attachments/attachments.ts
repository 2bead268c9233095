import { randomBytes } from 'node:crypto';
import type { Readable } from 'node:stream';
import { type Clock, newId, plusMs } from '@claw/kernel';
import { z } from 'zod';
import type { MediaPart } from '../model/message';
import { type ApiRefusal, refusal } from '../model/refusal';
import type { Table } from '../store/table';
import type { AttachmentFiles } from './attachment-files';
import { contentTypeOf, filenameIn } from './content-type';

/** Linq's limit for a file that is uploaded, in bytes. */
export const MAX_ATTACHMENT_BYTES = 100_000_000;

/** How long an upload URL may be used: Linq's 15 minutes. */
const UPLOAD_WINDOW_MS = 15 * 60_000;

export const AttachmentRecord = z.object({
  id: z.string(),
  filename: z.string(),
  content_type: z.string(),
  size_bytes: z.number(),
  /** What the upload URL shows to be let in, until `expires_at`. */
  upload_token: z.string(),
  expires_at: z.string(),
  created_at: z.string(),
  uploaded: z.boolean(),
});
export type AttachmentRecord = z.infer<typeof AttachmentRecord>;

export const attachmentNotFound = refusal(404, 2003, 'attachment not found');
const uploadRefused = refusal(403, 2005, 'the upload URL is unknown, has expired or was given other headers');
const wrongSize = refusal(400, 1005, 'the file has not the size that it may have');

interface Parts {
  readonly records: Table<AttachmentRecord>;
  readonly files: AttachmentFiles;
  readonly clock: Clock;
  /** The simulator's own address, known once it listens. */
  readonly url: () => string;
}

/** Files that are announced, uploaded, and then carried by any number of messages. */
export class Attachments {
  constructor(private readonly parts: Parts) {}

  announce(file: { filename: string; content_type: string; size_bytes: number }): AttachmentRecord {
    const now = this.parts.clock.now();
    const record = {
      ...file,
      id: newId(),
      upload_token: randomBytes(24).toString('base64url'),
      expires_at: plusMs(now, UPLOAD_WINDOW_MS),
      created_at: now,
      uploaded: false,
    };
    this.parts.records.put(record.id, record);
    return record;
  }

  /** Takes the bytes of an announced file; why it doesn't, where URL, time, headers or size are wrong. */
  async upload(
    id: string,
    given: { token: string; contentType: string | undefined; body: Readable },
  ): Promise<AttachmentRecord | ApiRefusal> {
    const { records, files, clock } = this.parts;
    const record = records.get(id);
    if (record === undefined || record.upload_token !== given.token || clock.now() >= record.expires_at)
      return uploadRefused;
    if (given.contentType !== record.content_type) return uploadRefused;
    const { size_bytes } = record;
    const bytes = await files.write(id, given.body, { least: size_bytes, most: size_bytes });
    if (bytes === undefined) return wrongSize;
    const uploaded = { ...record, uploaded: true };
    records.put(id, uploaded);
    return uploaded;
  }

  /** Keeps a file that wasn't announced; refuses one that is empty, or larger than Linq takes. */
  async keep(filename: string, content_type: string, body: Readable): Promise<AttachmentRecord | ApiRefusal> {
    const { records, files } = this.parts;
    const id = newId();
    const size_bytes = await files.write(id, body, { least: 1, most: MAX_ATTACHMENT_BYTES });
    if (size_bytes === undefined) return wrongSize;
    const now = this.parts.clock.now();
    const times = { created_at: now, expires_at: now };
    const record = { id, filename, content_type, size_bytes, upload_token: '', ...times, uploaded: true };
    records.put(id, record);
    return record;
  }

  find(id: string): AttachmentRecord | undefined {
    return this.parts.records.get(id);
  }

  read(id: string): Readable {
    return this.parts.files.read(id);
  }

  async remove(id: string): Promise<void> {
    this.parts.records.remove(id);
    await this.parts.files.remove(id);
  }

  async reset(): Promise<void> {
    this.parts.records.clear();
    await this.parts.files.clear();
  }

  uploadUrl({ id, upload_token }: AttachmentRecord): string {
    return `${this.parts.url()}/uploads/${id}?token=${upload_token}`;
  }

  downloadUrl({ id, filename }: AttachmentRecord): string {
    return `${this.parts.url()}/attachments/${id}/${encodeURIComponent(filename)}`;
  }

  /** A part that carries an uploaded file. */
  toPart(id: string): MediaPart | ApiRefusal {
    const record = this.find(id);
    if (record?.uploaded !== true) return attachmentNotFound;
    const { filename, content_type, size_bytes } = record;
    const url = this.downloadUrl(record);
    return { type: 'media', id, filename, mime_type: content_type, size_bytes, url };
  }
}

/** A part that carries what is elsewhere. Nothing is fetched, so that its size isn't known: 0. */
export const toPartByUrl = (media: {
  readonly url: string;
  readonly mime_type?: string | undefined;
  readonly filename?: string | undefined;
}): MediaPart => {
  const filename = media.filename ?? filenameIn(media.url);
  const mime_type = media.mime_type ?? contentTypeOf(filename);
  return { type: 'media', id: newId(), filename, mime_type, size_bytes: 0, url: media.url };
};
