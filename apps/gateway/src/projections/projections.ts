import {
  type AgencyEntry,
  agencyEntrySchema,
  buckets,
  type ChatEntry,
  chatEntrySchema,
  keyEntrySchema,
  keys,
  type OptoutEntry,
  optoutEntrySchema,
  type RouteEntry,
  routeEntrySchema,
  type SubaccountEntry,
  subaccountEntrySchema,
} from '@claw/contracts';
import { KvBucket, KvReplica, type Log, type NatsLink } from '@claw/messaging';
import { CompactRoutes, type Route } from './compact-routes';

/**
 * What every send is held against: copies in memory of the buckets that tenancy and routing write, and the
 * buckets themselves, for a look before a refusal and at each opening.
 */
export class Projections {
  readonly subaccounts: KvReplica<SubaccountEntry>;
  readonly agencies: KvReplica<AgencyEntry>;
  readonly routes: KvReplica<RouteEntry, Route>;
  readonly optouts: KvReplica<OptoutEntry, true>;
  readonly chats: KvReplica<ChatEntry>;

  readonly keyBucket;
  readonly subaccountBucket;
  readonly agencyBucket;
  readonly routeBucket;
  readonly optoutBucket;
  readonly chatBucket;

  constructor(nats: NatsLink, logger: Log) {
    const access = buckets.access.name;
    this.subaccounts = new KvReplica(nats, {
      bucket: access,
      schema: subaccountEntrySchema,
      filter: keys.allSubaccounts,
      map: (_key, entry) => entry,
      logger,
    });
    this.agencies = new KvReplica(nats, {
      bucket: access,
      schema: agencyEntrySchema,
      filter: keys.allAgencies,
      map: (_key, entry) => entry,
      logger,
    });
    this.routes = new KvReplica(nats, {
      bucket: buckets.routes.name,
      schema: routeEntrySchema,
      map: (_digits, entry) =>
        entry.released ? undefined : { subaccountId: entry.subaccountId, claimRevision: entry.claimRevision },
      store: new CompactRoutes(),
      logger,
    });
    this.optouts = new KvReplica(nats, {
      bucket: buckets.optouts.name,
      schema: optoutEntrySchema,
      map: (_key, { optedOut }) => (optedOut ? true : undefined),
      logger,
    });
    this.chats = new KvReplica(nats, {
      bucket: buckets.chats.name,
      schema: chatEntrySchema,
      map: (_key, entry) => entry,
      logger,
    });
    this.keyBucket = new KvBucket(nats, access, keyEntrySchema);
    this.subaccountBucket = new KvBucket(nats, access, subaccountEntrySchema);
    this.agencyBucket = new KvBucket(nats, access, agencyEntrySchema);
    this.routeBucket = new KvBucket(nats, buckets.routes.name, routeEntrySchema);
    this.optoutBucket = new KvBucket(nats, buckets.optouts.name, optoutEntrySchema);
    this.chatBucket = new KvBucket(nats, buckets.chats.name, chatEntrySchema);
  }

  /** The names of those copies that have never been complete yet: nothing may be refused or accepted by them. */
  get missing(): readonly string[] {
    const { subaccounts, agencies, routes, optouts, chats } = this;
    return Object.entries({ subaccounts, agencies, routes, optouts, chats })
      .filter(([, replica]) => !replica.isReady)
      .map(([name]) => name);
  }

  async stop(): Promise<void> {
    const { subaccounts, agencies, routes, optouts, chats } = this;
    await Promise.allSettled([subaccounts, agencies, routes, optouts, chats].map((one) => one.stop()));
  }
}
