import { EventStore } from '@claw/event-store';
import { reasonOf } from '@claw/messaging';
import { LOGGER } from '@claw/observability';
import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import type { Logger } from 'pino';
import { AccessReplica } from './access/access-replica';
import { Database } from './database/database';
import { Dispatcher } from './dispatch/dispatcher';
import { NoticeConsumer } from './inbound/notice.consumer';
import { RouteFollower } from './phone-routes/follow-routes/route-follower';
import { ReleaseOfClosedConsumer } from './phone-routes/release-of-closed/release-of-closed.consumer';
import { RouteEventsPublisher } from './public-events/route-events.publisher';

/** Begins what works by itself when the service starts, and ends it in order when it stops. */
@Injectable()
export class BackgroundWork
  implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown
{
  constructor(
    private readonly access: AccessReplica,
    private readonly database: Database,
    private readonly store: EventStore,
    private readonly dispatcher: Dispatcher,
    private readonly notices: NoticeConsumer,
    private readonly follower: RouteFollower,
    private readonly publisher: RouteEventsPublisher,
    private readonly releases: ReleaseOfClosedConsumer,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.database.postgres.start();
    for (const work of this.all()) work.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.settle(this.all().map((work) => work.stop()));
  }

  async onApplicationShutdown(): Promise<void> {
    await this.settle([this.access.stop(), this.database.postgres.close(), this.store.close()]);
  }

  private all() {
    return [this.dispatcher, this.notices, this.follower, this.publisher, this.releases];
  }

  /** One part that doesn't end in order keeps none of the others from it. */
  private async settle(ends: readonly Promise<void>[]): Promise<void> {
    for (const end of await Promise.allSettled(ends)) {
      if (end.status === 'rejected')
        this.logger.warn({ reason: reasonOf(end.reason) }, 'a part did not end in order');
    }
  }
}
