import { setTimeout as pauseFor } from 'node:timers/promises';
import type { EventPlace, FollowOptions } from '@claw/event-store';
import { epochMs } from '@claw/kernel';
import { type LeaseManager, type Log, withLease } from '@claw/messaging';
import { type Checkpoint, placeOf, positionIn } from './checkpoint';
import { CheckpointSaver } from './checkpoint-saver';

export interface LogFollowerParts<Logged extends EventPlace> {
  /** Its lease: one replica at a time does it. */
  readonly name: string;
  readonly instance: string;
  readonly leases: LeaseManager;
  readonly log: { follow(options: FollowOptions<Logged>): Promise<void> };
  /** Of the streams that it follows. */
  readonly prefixes: readonly string[];
  readonly checkpoint: Checkpoint;
  /** How long a checkpoint may be late, in milliseconds. */
  readonly checkpointEveryMs: number;
  /** Makes the projection tell of an event. Is given the same one again until it succeeds, and after a crash. */
  readonly handle: (event: Logged, signal: AbortSignal) => Promise<void>;
  readonly logger: Log;
}

/** A command's own handler writes first; an event of this age is left to nobody else. */
const graceMs = 100;

/** Follows the log and writes to a projection what a handler that died, or failed halfway, has left out. */
export class LogFollower<Logged extends EventPlace> {
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;

  constructor(private readonly parts: LogFollowerParts<Logged>) {}

  start(): void {
    const { leases, name, instance, logger } = this.parts;
    this.running ??= withLease(
      leases,
      { name, owner: instance, signal: this.stopping.signal, logger },
      (signal) => this.follow(signal),
    );
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async follow(signal: AbortSignal): Promise<void> {
    const { log, prefixes, checkpoint, checkpointEveryMs, handle, logger } = this.parts;
    const place = await checkpoint.read();
    const saver = new CheckpointSaver(checkpoint, checkpointEveryMs, logger);
    await log.follow({
      prefixes,
      after: place === undefined ? 'start' : positionIn(place),
      signal,
      logger,
      handle: async (event) => {
        await this.comeOfAge(event, signal);
        if (signal.aborted) return;
        await handle(event, signal);
        // It may have been left halfway.
        if (!signal.aborted) saver.advance(placeOf(event));
      },
    });
    await saver.settled();
  }

  private async comeOfAge({ at }: EventPlace, signal: AbortSignal): Promise<void> {
    // Clocks differ: whatever they say, the wait is no longer than this.
    const waitMs = Math.min(graceMs, epochMs(at) + graceMs - Date.now());
    if (waitMs > 0) await pauseFor(waitMs, undefined, { signal }).catch(() => undefined);
  }
}
