import { eventStreams, type PhoneDigits } from '@claw/contracts';
import type { EventStore } from '@claw/event-store';
import type { LeaseManager, Log, NatsLink } from '@claw/messaging';
import type { ConsentEvent, PhoneRouteEvent } from '@claw/routing-domain';
import { consentCodec } from '../consent/consent.codec';
import type { Consents } from '../consent/consents';
import { phoneRouteCodec } from '../phone-routes/phone-route.codec';
import type { PhoneRoutes } from '../phone-routes/phone-routes';
import { LogFollower } from './log-follower';

export interface FollowersParts {
  readonly nats: NatsLink;
  readonly leases: LeaseManager;
  readonly store: EventStore;
  readonly routes: PhoneRoutes;
  readonly consents: Consents;
  readonly instance: string;
  readonly log: Log;
}

/** One for each kind of stream, so that neither waits for the other. */
export class Followers {
  private readonly routes: LogFollower<PhoneRouteEvent>;
  private readonly optouts: LogFollower<ConsentEvent>;

  constructor({ routes, consents, ...shared }: FollowersParts) {
    this.routes = new LogFollower({
      ...shared,
      projection: 'routes',
      prefix: eventStreams.phonePrefix,
      codec: phoneRouteCodec,
      heal: (digits, revision) => routes.heal(digits as PhoneDigits, revision),
    });
    this.optouts = new LogFollower({
      ...shared,
      projection: 'optouts',
      prefix: eventStreams.consentPrefix,
      codec: consentCodec,
      heal: (id, revision) => consents.heal(id, revision),
    });
  }

  start(): void {
    this.routes.start();
    this.optouts.start();
  }

  async stop(): Promise<void> {
    await Promise.all([this.routes.stop(), this.optouts.stop()]);
  }
}
