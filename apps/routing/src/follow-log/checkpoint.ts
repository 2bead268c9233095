import { buckets } from '@claw/contracts';
import { decodePosition, encodePosition, type Position } from '@claw/event-store';
import { KvBucket, type NatsLink } from '@claw/messaging';
import { z } from 'zod';

const checkpointSchema = z.object({ position: z.string() });

/** How far a follower has come in the log, kept where the next one finds it. Throws `Unavailable`. */
export class Checkpoint {
  private readonly bucket;

  constructor(
    nats: NatsLink,
    private readonly key: string,
  ) {
    this.bucket = new KvBucket(nats, buckets.checkpoints.name, checkpointSchema);
  }

  async load(): Promise<Position | 'start'> {
    const stored = await this.bucket.get(this.key);
    return stored === undefined ? 'start' : decodePosition(stored.value.position);
  }

  /** An older place may come to stand over a newer one: then some is followed twice. */
  async save(position: Position): Promise<void> {
    await this.bucket.put(this.key, { position: encodePosition(position) });
  }
}
