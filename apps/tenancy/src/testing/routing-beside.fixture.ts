import {
  type Actor,
  type EventEnvelope,
  eventStreams,
  parsePhoneNumber,
  digitsOf,
  type PhoneNumber,
  publicEvents,
  subjects,
} from '@claw/contracts';
import { encodePosition, type EventStore } from '@claw/event-store';
import { instant, newId } from '@claw/kernel';
import { JetStreamPublisher, type NatsLink } from '@claw/messaging';

const { phoneRouteClaimed, phoneRouteReleased, phoneRouteReleasedV1 } = publicEvents;

interface Route {
  readonly agencyId: string;
  readonly subaccountId: string;
  readonly phoneNumber: PhoneNumber;
}

interface Cause {
  readonly actor?: Actor;
  readonly requestId?: string;
}

/** Routing as tenancy sees it: that something happens in the log, and, then or later, what it was. */
export class RoutingBeside {
  constructor(
    private readonly store: EventStore,
    private readonly nats: () => NatsLink,
  ) {}

  number(): PhoneNumber {
    const digits = String(Math.floor(Math.random() * 1e7)).padStart(7, '0');
    return parsePhoneNumber(`+1212${digits}`) as PhoneNumber;
  }

  /** A claim that is in the log and that nobody was told of yet. */
  claims(route: Route, cause: Cause): Promise<EventEnvelope> {
    return this.happens(phoneRouteClaimed, { ...route }, cause);
  }

  releases(route: Route, reason: 'requested' | 'holder_closed', cause: Cause): Promise<EventEnvelope> {
    return this.happens(phoneRouteReleased, { ...route, reason }, cause);
  }

  /** As it was told before the reason, the actor and the request were. */
  releasesAsOnce(route: Route): Promise<EventEnvelope> {
    return this.happens(phoneRouteReleasedV1, { ...route }, {});
  }

  /** Tells of it. */
  async tells(told: EventEnvelope): Promise<void> {
    const { phoneNumber } = told.data as Route;
    const subject = subjects.event('routing', digitsOf(phoneNumber), told.name, told.version);
    await new JetStreamPublisher(this.nats()).publish(subject, told);
  }

  private async happens(
    { name, version }: { readonly name: string; readonly version: number },
    data: object,
    cause: Cause,
  ): Promise<EventEnvelope> {
    const id = newId();
    const metadata = { actor: { kind: 'system', id: 'test' }, requestId: 'test' } as const;
    const position = await this.store.append(
      // Of its own: what the number's stream held before doesn't matter here.
      `${eventStreams.phonePrefix}${newId()}`,
      'none',
      // What is stored is none of tenancy's business, so it could be anything.
      [{ id, type: 'Private.v1', data: {}, metadata }],
    );
    if (position === undefined) throw new Error('the store told no position');
    return {
      id,
      name,
      version,
      at: instant(Date.now()),
      position: encodePosition(position),
      ...cause,
      data,
    };
  }
}
