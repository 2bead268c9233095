import { EventStore } from '@claw/event-store';
import { LOGGER } from '@claw/observability';
import { endTogether } from '@claw/service';
import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import type { Logger } from 'pino';
import { AccessReplica } from './access/access-replica';
import { Backfill } from './backfill/backfill';
import { OptoutDirectory } from './consent/optout-directory';
import { Database } from './database/database';
import { Dispatcher } from './dispatch/dispatcher';
import { EntryReplay } from './dispatch/entry-replay';
import { Followers } from './follow-log/followers';
import { NoticeConsumer } from './inbound/notice.consumer';
import { ReleaseOfClosedConsumer } from './phone-routes/release-of-closed/release-of-closed.consumer';
import { RouteEventsPublisher } from './public-events/route-events.publisher';

/** Begins what works by itself when the service starts, and ends it in order when it stops. */
@Injectable()
export class BackgroundWork
  implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown
{
  constructor(
    private readonly access: AccessReplica,
    private readonly optouts: OptoutDirectory,
    private readonly database: Database,
    private readonly store: EventStore,
    private readonly dispatcher: Dispatcher,
    private readonly replays: EntryReplay,
    private readonly notices: NoticeConsumer,
    private readonly backfill: Backfill,
    private readonly followers: Followers,
    private readonly publisher: RouteEventsPublisher,
    private readonly releases: ReleaseOfClosedConsumer,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.database.postgres.start();
    for (const work of this.all()) work.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await endTogether(
      this.all().map((work) => work.stop()),
      this.logger,
    );
  }

  async onApplicationShutdown(): Promise<void> {
    await endTogether(
      [this.access.stop(), this.optouts.stop(), this.database.postgres.close(), this.store.close()],
      this.logger,
    );
  }

  private all() {
    return [
      this.dispatcher,
      this.replays,
      this.notices,
      this.backfill,
      this.followers,
      this.publisher,
      this.releases,
    ];
  }
}
