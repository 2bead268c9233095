import { Injectable } from '@nestjs/common';
import {
  type AgencyEntry,
  agencyEntrySchema,
  buckets,
  type KeyEntry,
  keyEntrySchema,
  type SubaccountEntry,
  subaccountEntrySchema,
} from '@claw/contracts';
import { KvBucket, NatsLink } from '@claw/messaging';

/** The `access` bucket, seen by what lies under each kind of key. */
@Injectable()
export class AccessBuckets {
  readonly keys: KvBucket<KeyEntry>;
  readonly agencies: KvBucket<AgencyEntry>;
  readonly subaccounts: KvBucket<SubaccountEntry>;

  constructor(nats: NatsLink) {
    this.keys = new KvBucket(nats, buckets.access.name, keyEntrySchema);
    this.agencies = new KvBucket(nats, buckets.access.name, agencyEntrySchema);
    this.subaccounts = new KvBucket(nats, buckets.access.name, subaccountEntrySchema);
  }
}
