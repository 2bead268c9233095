import { buckets, digitsOf, type PhoneNumber, type RouteEntry, routeEntrySchema } from '@claw/contracts';
import { KvBucket, NatsLink } from '@claw/messaging';
import { Injectable } from '@nestjs/common';
import { NumberPool } from '../../tables/number-pool';

/** How many of the pool's numbers may turn out to be routes before we give up. */
const maxSetAside = 100;

/** Sending numbers that an agency may get: of the pool's, those that no end customer is reached at. */
@Injectable()
export class FreeNumbers {
  private readonly routes: KvBucket<RouteEntry>;

  constructor(
    private readonly pool: NumberPool,
    nats: NatsLink,
  ) {
    this.routes = new KvBucket(nats, buckets.routes.name, routeEntrySchema);
  }

  /** The number that is kept for the agency, or one that is from now on; undefined where none is free. Throws `Unavailable`. */
  async reserve(agencyId: string): Promise<PhoneNumber | undefined> {
    for (let tried = 0; tried < maxSetAside; tried += 1) {
      const number = await this.pool.reserve(agencyId);
      if (number === undefined) return undefined;
      const route = await this.routes.get(digitsOf(number));
      if (route === undefined || route.value.released) return number;
      await this.pool.setAside(number);
    }
    return undefined;
  }
}
