import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { newId } from '@claw/kernel';

class WrongSize extends Error {}

/** The bytes of attachments, a file each. */
export class AttachmentFiles {
  constructor(private readonly folder: string) {}

  /**
   * Keeps what `body` brings, whole and on disk when this resolves, or nothing.
   *
   * @returns how many bytes came, or `undefined` where they weren't as many as they may be
   */
  async write(
    id: string,
    body: Readable,
    allowed: { readonly least: number; readonly most: number },
  ): Promise<number | undefined> {
    await mkdir(this.folder, { recursive: true });
    const draft = join(this.folder, `draft-${newId()}`);
    let bytes = 0;
    const counted = async function* (chunks: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
      for await (const chunk of chunks) {
        bytes += chunk.length;
        if (bytes > allowed.most) throw new WrongSize();
        yield chunk;
      }
      if (bytes < allowed.least) throw new WrongSize();
    };
    try {
      await pipeline(body, counted, createWriteStream(draft, { flush: true }));
      await rename(draft, this.pathOf(id));
      return bytes;
    } catch (fault) {
      await rm(draft, { force: true });
      if (fault instanceof WrongSize) return undefined;
      throw fault;
    }
  }

  read(id: string): Readable {
    return createReadStream(this.pathOf(id));
  }

  async remove(id: string): Promise<void> {
    await rm(this.pathOf(id), { force: true });
  }

  async clear(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }

  private pathOf(id: string): string {
    return join(this.folder, id);
  }
}
