import { buckets } from '@claw/contracts';
import { KvBucket, type Lease, type LeaseManager } from '@claw/messaging';
import { z } from 'zod';

const prefix = 'routing-member.';

/** Which replicas of this service are alive: each holds a lease of its own name. */
export class Membership {
  private readonly bucket;

  constructor(private readonly leases: LeaseManager) {
    this.bucket = new KvBucket(leases.nats, buckets.leases.name, z.unknown());
  }

  /** Joins; a former life of the same replica is thereby over. Throws `Unavailable`. */
  async join(instance: string): Promise<Lease> {
    const lease = await this.leases.acquire(`${prefix}${instance}`, instance, { takeOver: true });
    if (lease === undefined) throw new Error('a lease that is taken over is never refused');
    return lease;
  }

  /** Throws `Unavailable`. */
  async members(): Promise<readonly string[]> {
    const keys = await this.bucket.keys(`${prefix}*`, 2_000);
    return keys.map((key) => key.slice(prefix.length));
  }
}
