import { buckets, digitsOf, instantSchema, keys, type PhoneNumber } from '@claw/contracts';
import type { Instant } from '@claw/kernel';
import { KvBucket, type NatsLink } from '@claw/messaging';
import { z } from 'zod';

const checkpointSchema = z.object({ until: instantSchema });

/** Up to when each sending number's lists were gone through, kept where the next replica finds it. Throws `Unavailable`. */
export class BackfillCheckpoints {
  private readonly bucket;

  constructor(nats: NatsLink) {
    this.bucket = new KvBucket(nats, buckets.checkpoints.name, checkpointSchema);
  }

  async load(line: PhoneNumber): Promise<Instant | undefined> {
    return (await this.bucket.get(keys.backfill(digitsOf(line))))?.value.until;
  }

  /** An older time may come to stand over a newer one: then some is looked at twice. */
  async save(line: PhoneNumber, until: Instant): Promise<void> {
    await this.bucket.put(keys.backfill(digitsOf(line)), { until });
  }
}
