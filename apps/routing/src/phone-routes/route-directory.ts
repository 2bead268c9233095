import { buckets, type PhoneDigits, type RouteEntry, routeEntrySchema } from '@claw/contracts';
import { KvBucket, type NatsLink } from '@claw/messaging';

/** The `routes` bucket: who holds a number, as of the last answered change. */
export class RouteDirectory {
  readonly bucket: KvBucket<RouteEntry>;

  constructor(nats: NatsLink) {
    this.bucket = new KvBucket(nats, buckets.routes.name, routeEntrySchema);
  }

  /** Throws `Unavailable`. */
  async get(digits: PhoneDigits): Promise<RouteEntry | undefined> {
    return (await this.bucket.get(digits))?.value;
  }
}
