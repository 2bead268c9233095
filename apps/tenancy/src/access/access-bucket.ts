import {
  agencyEntrySchema,
  buckets,
  keyEntrySchema,
  sendingNumberEntrySchema,
  subaccountEntrySchema,
} from '@claw/contracts';
import { KvBucket, NatsLink, WrongLastSequence } from '@claw/messaging';
import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import type { AccessEntry, AccessRecord } from './access-entries';

/** The least comes last: what it asks for the others have too. */
const entrySchema: z.ZodType<AccessEntry> = z.union([
  keyEntrySchema,
  agencyEntrySchema,
  subaccountEntrySchema,
  sendingNumberEntrySchema,
]);

/** The projection that every key is checked against. */
@Injectable()
export class AccessBucket {
  readonly bucket: KvBucket<AccessEntry>;

  constructor(nats: NatsLink) {
    this.bucket = new KvBucket(nats, buckets.access.name, entrySchema);
  }

  /**
   * Writes each unless a newer one is there; resolves once all of them can be read. Those of an aggregate that is
   * `fresh` are most likely not there yet, and are written without a look. Throws `Unavailable`.
   */
  async write(records: readonly AccessRecord[], { fresh = false } = {}): Promise<void> {
    await Promise.all(
      records.map(([key, value]) => (fresh ? this.create(key, value) : this.bucket.putNewer(key, value))),
    );
  }

  private async create(key: string, value: AccessEntry): Promise<void> {
    try {
      await this.bucket.create(key, value);
    } catch (error) {
      if (!(error instanceof WrongLastSequence)) throw error;
      await this.bucket.putNewer(key, value);
    }
  }
}
