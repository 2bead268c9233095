import { buckets } from '@claw/contracts';
import { EventStore } from '@claw/event-store';
import { systemClock } from '@claw/kernel';
import { JetStreamPublisher, LeaseManager, type Log, NatsLink } from '@claw/messaging';
import { LOGGER } from '@claw/observability';
import { Postgres } from '@claw/postgres';
import type { Provider } from '@nestjs/common';
import { Webhook } from 'standardwebhooks';
import { AccessDirectory } from './access/access-directory';
import { AccessReplica } from './access/access-replica';
import { CarrierHistory } from './backfill/carrier-history';
import { LinqCarrier } from './carrier/linq-carrier';
import { LinqChats } from './carrier/linq-chats';
import { LinqHistory } from './carrier/linq-history';
import type { LinqOptions } from './carrier/linq-client';
import { CLOCK } from './clock';
import type { RoutingConfig } from './config';
import { OptoutDirectory } from './consent/optout-directory';
import { Database } from './database/database';
import { Carrier } from './dispatch/carrier';
import { ChatDirectory } from './dispatch/chat-directory';
import { CarrierChats } from './inbound/carrier-chats';
import { migrations } from './migrations';
import { RouteDirectory } from './phone-routes/route-directory';

const poolSize = 10;

/** The service's ways to the parts around it. None of them waits for its part to be there. */
export const platformProviders = (config: RoutingConfig): Provider[] => [
  { provide: CLOCK, useValue: systemClock },
  {
    provide: JetStreamPublisher,
    inject: [NatsLink],
    useFactory: (nats: NatsLink) => new JetStreamPublisher(nats),
  },
  {
    provide: LeaseManager,
    inject: [NatsLink, LOGGER],
    useFactory: (nats: NatsLink, logger: Log) =>
      new LeaseManager(nats, { bucket: buckets.leases.name, ttlMs: buckets.leases.ttlMs, logger }),
  },
  { provide: EventStore, useFactory: () => new EventStore({ url: config.EVENTSTORE_URL }) },
  {
    provide: Database,
    inject: [LOGGER],
    useFactory: (logger: Log) =>
      new Database(
        new Postgres(
          { url: config.POSTGRES_URL, schema: 'routing', entities: [], migrations, poolSize },
          logger,
        ),
        poolSize,
      ),
  },
  {
    provide: Carrier,
    useFactory: () => new LinqCarrier(linqOptions(config)),
  },
  { provide: CarrierChats, useFactory: () => new LinqChats(linqOptions(config)) },
  { provide: CarrierHistory, useFactory: () => new LinqHistory(linqOptions(config)) },
  { provide: Webhook, useFactory: () => new Webhook(config.LINQ_WEBHOOK_SECRET) },
  {
    provide: AccessReplica,
    inject: [NatsLink, AccessDirectory, LOGGER],
    useFactory: (nats: NatsLink, directory: AccessDirectory, logger: Log) =>
      new AccessReplica(nats, directory, logger),
  },
  {
    provide: OptoutDirectory,
    inject: [NatsLink, LOGGER],
    useFactory: (nats: NatsLink, logger: Log) => new OptoutDirectory(nats, logger),
  },
  ...[AccessDirectory, RouteDirectory, ChatDirectory].map((directory) => ({
    provide: directory,
    inject: [NatsLink],
    useFactory: (nats: NatsLink) => new directory(nats),
  })),
];

const linqOptions = (config: RoutingConfig): LinqOptions => ({
  apiKey: config.LINQ_API_V3_API_KEY,
  baseUrl: config.LINQ_API_V3_BASE_URL,
  timeoutMs: config.CARRIER_TIMEOUT_MS,
});
