import { eventStreams, type PhoneDigits } from '@claw/contracts';
import { EventLog, EventStore, type Position } from '@claw/event-store';
import { type LeaseManager, type Log, type NatsLink, withLease } from '@claw/messaging';
import type { PhoneRouteEvent } from '@claw/routing-domain';
import { phoneRouteCodec } from '../phone-route.codec';
import { PhoneRoutes } from '../phone-routes';
import { Checkpoint } from './checkpoint';

export interface RouteFollowerParts {
  readonly nats: NatsLink;
  readonly leases: LeaseManager;
  readonly store: EventStore;
  readonly routes: PhoneRoutes;
  readonly instance: string;
  readonly log: Log;
}

const saveEveryMs = 1_000;

/**
 * Follows the log of phone routes, in one replica at a time, and projects each number anew that something happened
 * to: so what a crash left out between the log and the projections is there soon after.
 */
export class RouteFollower {
  private readonly stopping = new AbortController();
  private readonly log: EventLog<PhoneRouteEvent>;
  private readonly checkpoint: Checkpoint;
  private running: Promise<void> | undefined;

  constructor(private readonly parts: RouteFollowerParts) {
    this.log = new EventLog(parts.store, phoneRouteCodec);
    this.checkpoint = new Checkpoint(parts.nats, 'routing.routes');
  }

  start(): void {
    const { leases, instance, log } = this.parts;
    this.running ??= withLease(
      leases,
      { name: 'routing.route-follower', owner: instance, signal: this.stopping.signal, logger: log },
      (signal) => this.follow(signal),
    );
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async follow(signal: AbortSignal): Promise<void> {
    let place: Position | undefined;
    let savedAt = performance.now();
    const save = async (): Promise<void> => {
      if (place !== undefined) await this.checkpoint.save(place);
      place = undefined;
      savedAt = performance.now();
    };
    await this.log.follow({
      prefixes: [eventStreams.phonePrefix],
      after: await this.checkpoint.load(),
      signal,
      logger: this.parts.log,
      handle: async ({ aggregateId, position, revision }) => {
        await this.parts.routes.heal(aggregateId as PhoneDigits, Number(revision));
        place = position;
        if (performance.now() - savedAt >= saveEveryMs) await save();
      },
      onCaughtUp: save,
    });
  }
}
