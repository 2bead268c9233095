import {
  buckets,
  digitsOf,
  keys,
  type OptoutEntry,
  optoutEntrySchema,
  type PhoneNumber,
} from '@claw/contracts';
import { KvBucket, KvReplica, type Log, type NatsLink } from '@claw/messaging';
import type { Consent } from '@claw/routing-domain';

/** What the `optouts` bucket holds of a consent; undefined for who never said a word. */
export const optoutEntryOf = ({ optedOut, revision }: Consent): OptoutEntry | undefined =>
  revision < 0 ? undefined : { optedOut, revision };

/** The `optouts` bucket, with a copy in memory of who is opted out: that is asked before every message out. */
export class OptoutDirectory {
  readonly bucket: KvBucket<OptoutEntry>;
  private readonly replica: KvReplica<OptoutEntry, true>;

  constructor(nats: NatsLink, logger: Log) {
    const { name } = buckets.optouts;
    this.bucket = new KvBucket(nats, name, optoutEntrySchema);
    this.replica = new KvReplica(nats, {
      bucket: name,
      logger,
      schema: optoutEntrySchema,
      map: (_, { optedOut }) => optedOut || undefined,
    });
  }

  /**
   * Whether a person has opted out of a sending number: milliseconds behind where the copy is up to date, else asked
   * of the bucket itself. Throws `Unavailable`.
   */
  async optedOut(sendingNumber: PhoneNumber, phoneNumber: PhoneNumber): Promise<boolean> {
    const key = keys.optout(digitsOf(sendingNumber), digitsOf(phoneNumber));
    if (this.replica.isReady && this.replica.staleMs === 0) return this.replica.get(key) === true;
    return (await this.bucket.get(key))?.value.optedOut === true;
  }

  async stop(): Promise<void> {
    await this.replica.stop();
  }
}
