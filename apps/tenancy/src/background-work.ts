import { EventStore } from '@claw/event-store';
import { type Log, reasonOf } from '@claw/messaging';
import { LOGGER } from '@claw/observability';
import { Postgres } from '@claw/postgres';
import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { AccessDirectory } from './access/access-directory';
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
    @Inject(LOGGER) private readonly logger: Log,
  ) {}

  onApplicationBootstrap(): void {
    this.database.start();
    this.followers.start();
    this.publisher.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.settle([this.followers.stop(), this.publisher.stop()]);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.settle([this.directory.stop(), this.database.close(), this.store.close()]);
  }

  /** One part that doesn't end in order keeps none of the others from it. */
  private async settle(ends: readonly Promise<void>[]): Promise<void> {
    for (const end of await Promise.allSettled(ends)) {
      if (end.status === 'rejected')
        this.logger.warn({ reason: reasonOf(end.reason) }, 'a part did not end in order');
    }
  }
}
