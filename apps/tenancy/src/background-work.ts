import { EventStore } from '@claw/event-store';
import { LOGGER } from '@claw/observability';
import { endTogether } from '@claw/service';
import { Postgres } from '@claw/postgres';
import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import type { Logger } from 'pino';
import { AccessDirectory } from './access/access-directory';
import { RouteEventsConsumer } from './audit/route-events.consumer';
import { Followers } from './projection/followers';
import { EventsPublisher } from './publishing/events.publisher';

/** Begins what works by itself when the service starts, and ends it in order when it stops. */
@Injectable()
export class BackgroundWork
  implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown
{
  constructor(
    private readonly database: Postgres,
    private readonly store: EventStore,
    private readonly directory: AccessDirectory,
    private readonly followers: Followers,
    private readonly publisher: EventsPublisher,
    private readonly routeEvents: RouteEventsConsumer,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.database.start();
    for (const work of this.all()) work.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await endTogether(
      this.all().map((work) => work.stop()),
      this.logger,
    );
  }

  async onApplicationShutdown(): Promise<void> {
    await endTogether([this.directory.stop(), this.database.close(), this.store.close()], this.logger);
  }

  private all() {
    return [this.followers, this.publisher, this.routeEvents];
  }
}
