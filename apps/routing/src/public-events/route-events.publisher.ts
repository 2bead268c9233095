import { streams } from '@claw/contracts';
import type { EventStore } from '@claw/event-store';
import { type LeaseManager, type Log, LogPublisher, type NatsLink, withLease } from '@claw/messaging';
import { routeEvents } from './route-events.source';

export interface RouteEventsParts {
  readonly nats: NatsLink;
  readonly leases: LeaseManager;
  readonly store: EventStore;
  readonly instance: string;
  readonly log: Log;
}

/** Publishes the public events of phone routes, in one replica at a time, each once and in order. */
export class RouteEventsPublisher {
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;

  constructor(private readonly parts: RouteEventsParts) {}

  start(): void {
    const { nats, leases, store, instance, log } = this.parts;
    const publisher = new LogPublisher(nats, {
      stream: streams.eventsRouting.name,
      source: routeEvents(store, log),
      logger: log,
    });
    this.running ??= withLease(
      leases,
      { name: 'routing.public-events', owner: instance, signal: this.stopping.signal, logger: log },
      (signal) => publisher.run(signal),
    );
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }
}
