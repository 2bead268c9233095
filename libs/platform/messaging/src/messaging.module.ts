import { buckets, streams } from '@claw/contracts';
import { type DynamicModule, Global, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { ServiceClient } from './calls/service-client';
import { connectNats, NatsLink } from './connection/nats-link';
import type { Log } from './log';
import { ensureTopology } from './topology/ensure-topology';

/** What of a service's configuration this needs. */
export interface MessagingConfig {
  readonly NATS_URL: string;
  readonly INSTANCE: string;
  /** 1 on one server, 3 on a cluster. */
  readonly JETSTREAM_REPLICAS: number;
}

const STOP_TOPOLOGY = Symbol('STOP_TOPOLOGY');

/**
 * The process's one link to NATS, for every part of the service: {@link NatsLink} and {@link ServiceClient}. Sees to it
 * that the platform's streams and buckets are there, and closes the link last of all.
 */
@Global()
@Module({})
export class MessagingModule implements OnApplicationShutdown {
  static forRoot(config: MessagingConfig, logger: Log): DynamicModule {
    const nats = connectNats({ url: config.NATS_URL, name: config.INSTANCE, logger });
    const stop = new AbortController();
    const topology = {
      streams: Object.values(streams),
      buckets: Object.values(buckets),
      replicas: config.JETSTREAM_REPLICAS,
    };
    void ensureTopology(nats, topology, { signal: stop.signal, logger });
    return {
      module: MessagingModule,
      providers: [
        { provide: NatsLink, useValue: nats },
        { provide: STOP_TOPOLOGY, useValue: stop },
        { provide: ServiceClient, useFactory: () => new ServiceClient(nats) },
      ],
      exports: [NatsLink, ServiceClient],
    };
  }

  constructor(
    @Inject(NatsLink) private readonly nats: NatsLink,
    @Inject(STOP_TOPOLOGY) private readonly stop: AbortController,
  ) {}

  async onApplicationShutdown(): Promise<void> {
    this.stop.abort();
    await this.nats.close();
  }
}
