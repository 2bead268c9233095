import { buckets } from '@claw/contracts';
import { KvBucket, NatsLink } from '@claw/messaging';
import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import type { Checkpoint } from './checkpoint';

const key = 'tenancy.access';

/** How far the `access` bucket has followed the log. One that is set back only makes work, which changes nothing. */
@Injectable()
export class BucketCheckpoint implements Checkpoint {
  private readonly bucket: KvBucket<{ place: string }>;

  constructor(nats: NatsLink) {
    this.bucket = new KvBucket(nats, buckets.checkpoints.name, z.object({ place: z.string() }));
  }

  async read(): Promise<string | undefined> {
    return (await this.bucket.get(key))?.value.place;
  }

  async write(place: string): Promise<void> {
    await this.bucket.put(key, { place });
  }
}
