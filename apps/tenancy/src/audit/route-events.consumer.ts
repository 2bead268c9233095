import { streams, subjects } from '@claw/contracts';
import {
  consume,
  type Consumer,
  done,
  invalid,
  type Log,
  NatsLink,
  type Outcome,
  type ReceivedMessage,
} from '@claw/messaging';
import { LOGGER } from '@claw/observability';
import { Inject, Injectable } from '@nestjs/common';
import { QueryTables } from '../tables/query-tables';
import { routeRecordOf } from './audit-record';
import { routeEventSchema } from './route-event';

/** Takes what happened to phone routes into the audit trail; again and in any order is the same. */
@Injectable()
export class RouteEventsConsumer {
  private consumer: Consumer | undefined;

  constructor(
    private readonly nats: NatsLink,
    private readonly tables: QueryTables,
    @Inject(LOGGER) private readonly logger: Log,
  ) {}

  start(): void {
    this.consumer ??= consume(this.nats, {
      stream: streams.eventsRouting.name,
      durable: 'tenancy-audit-trail',
      concurrency: 4,
      // What a replica held when it died holds the whole trail back until it comes again.
      ackWaitMs: 3_000,
      maxDeliver: 20,
      deadSubject: subjects.dead(streams.eventsRouting.name),
      logger: this.logger,
      handle: (message) => this.handle(message),
    });
  }

  async stop(): Promise<void> {
    await this.consumer?.stop();
  }

  private async handle(message: ReceivedMessage): Promise<Outcome> {
    const told = routeEventSchema.safeParse(message.json());
    if (!told.success) return invalid('not an event of phone routes that is known here');
    await this.tables.writeTrail([routeRecordOf(told.data)]);
    return done();
  }
}
