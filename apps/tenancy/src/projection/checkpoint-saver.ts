import { setTimeout as pauseFor } from 'node:timers/promises';
import { backoffMs } from '@claw/kernel';
import { type Log, reasonOf } from '@claw/messaging';
import type { Checkpoint } from './checkpoint';

const longestPauseMs = 5_000;

/**
 * Saves how far a follower has come without holding it up: the newest place, at most once in `everyMs`, again where
 * that failed: no later event may come to do it. What was not saved when the process died is followed again.
 */
export class CheckpointSaver {
  private newest: string | undefined;
  private saved: string | undefined;
  private busy = false;
  private saving: Promise<void> = Promise.resolve();
  private readonly ending = new AbortController();

  constructor(
    private readonly checkpoint: Pick<Checkpoint, 'write'>,
    private readonly everyMs: number,
    private readonly log: Log,
  ) {}

  advance(place: string): void {
    this.newest = place;
    if (!this.busy) this.saving = this.save();
  }

  /** The end of it: resolves once what {@link advance} said last is saved, or couldn't be in one last try. */
  async settled(): Promise<void> {
    this.ending.abort();
    await this.saving;
  }

  private async save(): Promise<void> {
    this.busy = true;
    for (let failures = 0; this.newest !== undefined && this.newest !== this.saved;) {
      const place = this.newest;
      const last = this.ending.signal.aborted;
      try {
        await this.checkpoint.write(place);
        this.saved = place;
        failures = 0;
      } catch (error) {
        failures += 1;
        this.log.warn({ reason: reasonOf(error) }, 'a checkpoint was not saved yet');
        if (last) break;
      }
      await this.pause(failures === 0 ? this.everyMs : backoffMs(failures, this.everyMs, longestPauseMs));
    }
    this.busy = false;
  }

  private async pause(ms: number): Promise<void> {
    await pauseFor(ms, undefined, { signal: this.ending.signal }).catch(() => undefined);
  }
}
