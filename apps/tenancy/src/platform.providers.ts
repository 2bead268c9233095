import { buckets } from '@claw/contracts';
import { EventStore } from '@claw/event-store';
import { LeaseManager, type Log, NatsLink } from '@claw/messaging';
import { LOGGER } from '@claw/observability';
import { Postgres } from '@claw/postgres';
import type { Provider } from '@nestjs/common';
import { TENANCY_CONFIG, type TenancyConfig } from './config';
import { migrations } from './migrations';

/** Waiting for a connection of the pool is waiting for one's turn: shorter than a caller waits for the answer. */
const connectTimeoutMs = 4_000;

/** The service's ways to the parts around it. None of them waits for its part to be there. */
export const platformProviders = (config: TenancyConfig): Provider[] => [
  { provide: TENANCY_CONFIG, useValue: config },
  { provide: EventStore, useFactory: () => new EventStore({ url: config.EVENTSTORE_URL }) },
  {
    provide: Postgres,
    inject: [LOGGER],
    useFactory: (logger: Log) =>
      new Postgres(
        { url: config.POSTGRES_URL, schema: 'tenancy', entities: [], migrations, connectTimeoutMs },
        logger,
      ),
  },
  {
    provide: LeaseManager,
    inject: [NatsLink, LOGGER],
    useFactory: (nats: NatsLink, logger: Log) =>
      new LeaseManager(nats, { bucket: buckets.leases.name, ttlMs: buckets.leases.ttlMs, logger }),
  },
];
