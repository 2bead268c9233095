import { keys } from '@claw/contracts';
import { type Codec, type DomainEvent, EventLog, EventStore, type Position } from '@claw/event-store';
import { type LeaseManager, type Log, type NatsLink, withLease } from '@claw/messaging';
import { Checkpoint } from './checkpoint';

export interface LogFollowerParts<Event extends DomainEvent> {
  /** What is projected: names the lease and the checkpoint. */
  readonly projection: string;
  /** How the names of its streams begin. */
  readonly prefix: string;
  readonly codec: Codec<Event>;
  /** Sees to it that every projection tells of an aggregate as of a revision. */
  readonly heal: (aggregateId: string, revision: number) => Promise<void>;
  readonly nats: NatsLink;
  readonly leases: LeaseManager;
  readonly store: EventStore;
  readonly instance: string;
  readonly log: Log;
}

const saveEveryMs = 1_000;

/**
 * Follows the streams of one kind, in one replica at a time, and projects each aggregate anew that something happened
 * to: so what a crash left out between the log and the projections is there soon after.
 */
export class LogFollower<Event extends DomainEvent> {
  private readonly stopping = new AbortController();
  private readonly log: EventLog<Event>;
  private readonly checkpoint: Checkpoint;
  private running: Promise<void> | undefined;

  constructor(private readonly parts: LogFollowerParts<Event>) {
    this.log = new EventLog(parts.store, parts.codec);
    this.checkpoint = new Checkpoint(parts.nats, keys.followed('routing', parts.projection));
  }

  start(): void {
    const { leases, instance, log, projection } = this.parts;
    const name = `routing.${projection}-follower`;
    this.running ??= withLease(
      leases,
      { name, owner: instance, signal: this.stopping.signal, logger: log },
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
      prefixes: [this.parts.prefix],
      after: await this.checkpoint.load(),
      signal,
      logger: this.parts.log,
      handle: async ({ aggregateId, position, revision }) => {
        await this.parts.heal(aggregateId, Number(revision));
        place = position;
        if (performance.now() - savedAt >= saveEveryMs) await save();
      },
      onCaughtUp: save,
    });
  }
}
