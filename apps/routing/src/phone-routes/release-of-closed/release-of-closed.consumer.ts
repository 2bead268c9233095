import {
  digitsOf,
  type EventEnvelope,
  eventEnvelopeSchema,
  type PhoneNumber,
  publicEvents,
  streams,
  subjects,
} from '@claw/contracts';
import type { Clock } from '@claw/kernel';
import {
  consume,
  type Consumer,
  done,
  invalid,
  type Log,
  type NatsLink,
  type Outcome,
  type ReceivedMessage,
} from '@claw/messaging';
import { releasePhoneRoute } from '@claw/routing-domain';
import { platform } from '../../platform-actor';
import { PhoneRoutes } from '../phone-routes';
import { RouteTable } from '../route-table';

export interface ReleaseOfClosedParts {
  readonly nats: NatsLink;
  readonly routes: PhoneRoutes;
  readonly table: RouteTable;
  readonly clock: Clock;
  readonly log: Log;
}

const closedEvent = publicEvents.subaccountClosed;
const atOnce = 32;
/** More rounds than any cap on routes can ask for. */
const mostRounds = 100_000;

/** Releases the routes of a subaccount that was closed. One that is missed here counts as free all the same. */
export class ReleaseOfClosedConsumer {
  private consumer: Consumer | undefined;

  constructor(private readonly parts: ReleaseOfClosedParts) {}

  start(): void {
    this.consumer ??= consume(this.parts.nats, {
      stream: streams.eventsTenancy.name,
      durable: 'routing-release-of-closed',
      filterSubject: subjects.eventNamed(closedEvent.context, closedEvent.name, closedEvent.version),
      concurrency: 4,
      ackWaitMs: 30_000,
      maxDeliver: 20,
      deadSubject: subjects.dead(streams.eventsTenancy.name),
      logger: this.parts.log,
      handle: (message) => this.handle(message),
    });
  }

  async stop(): Promise<void> {
    await this.consumer?.stop();
  }

  private async handle(message: ReceivedMessage): Promise<Outcome> {
    const envelope = eventEnvelopeSchema.safeParse(message.json());
    const closed = closedEvent.data.safeParse(envelope.data?.data);
    if (!envelope.success || !closed.success) return invalid('not a SubaccountClosed event');
    const { subaccountId } = closed.data;
    for (let round = 0; round < mostRounds; round += 1) {
      const numbers = await this.parts.table.some(subaccountId, atOnce);
      if (numbers.length === 0) return done();
      await Promise.all(numbers.map((number) => this.release(number, subaccountId, envelope.data)));
    }
    return invalid('its routes don’t come to an end');
  }

  private async release(number: PhoneNumber, subaccountId: string, closed: EventEnvelope): Promise<void> {
    const { routes, clock } = this.parts;
    const { id, requestId = id } = closed;
    const decision = await routes.execute(
      number,
      (route) => releasePhoneRoute(route, { subaccountId, reason: 'holder_closed' }, clock.now()),
      { actor: platform, requestId, causationId: id },
    );
    // The row is behind the log: somebody else has the number by now.
    if (!decision.accepted) await routes.project(digitsOf(number));
  }
}
