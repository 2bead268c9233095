import { eventStreams, streams, subjects } from '@claw/contracts';
import { decodePosition, EventLog, EventStore, handOver } from '@claw/event-store';
import { LeaseManager, type Log, type LogEntry, LogPublisher, NatsLink, withLease } from '@claw/messaging';
import { LOGGER } from '@claw/observability';
import { Inject, Injectable } from '@nestjs/common';
import { TENANCY_CONFIG, type TenancyConfig } from '../config';
import { tenancyCodec } from '../log/tenancy-codec';
import { publicEventOf } from './public-event-of';

/** Publishes the public events of tenancy, in one replica at a time, each once and in order. */
@Injectable()
export class EventsPublisher {
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;

  constructor(
    private readonly nats: NatsLink,
    private readonly leases: LeaseManager,
    private readonly store: EventStore,
    @Inject(LOGGER) private readonly logger: Log,
    @Inject(TENANCY_CONFIG) private readonly config: TenancyConfig,
  ) {}

  start(): void {
    const publisher = new LogPublisher(this.nats, {
      stream: streams.eventsTenancy.name,
      source: (position, signal) => this.source(position, signal),
      logger: this.logger,
    });
    this.running ??= withLease(
      this.leases,
      {
        name: 'tenancy.public-events',
        owner: this.config.INSTANCE,
        signal: this.stopping.signal,
        logger: this.logger,
      },
      (signal) => publisher.run(signal),
    );
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  /** The public events behind a place in the log, for ever. */
  private source(position: string | undefined, signal: AbortSignal): AsyncIterable<LogEntry> {
    const log = new EventLog(this.store, tenancyCodec);
    return handOver<LogEntry>(signal, (give) =>
      log.follow({
        prefixes: eventStreams.tenancyPrefixes,
        after: position === undefined ? 'start' : decodePosition(position),
        signal,
        logger: this.logger,
        handle: async (logged) => {
          const told = publicEventOf(logged);
          if (!told) return;
          const { envelope, aggregateId } = told;
          await give({
            position: envelope.position,
            subject: subjects.event('tenancy', aggregateId, envelope.name, envelope.version),
            payload: envelope,
            msgId: envelope.id,
          });
        },
      }),
    );
  }
}
