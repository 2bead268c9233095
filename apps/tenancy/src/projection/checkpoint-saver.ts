import { setTimeout as pauseFor } from 'node:timers/promises';
import { type Log, reasonOf } from '@claw/messaging';
import type { Checkpoint } from './checkpoint';

/**
 * Saves how far a follower has come without holding it up: the newest place, at most once in `everyMs`. What was not
 * saved when the process died is followed again.
 */
export class CheckpointSaver {
  private newest: string | undefined;
  private saved: string | undefined;
  private saving: Promise<void> | undefined;

  constructor(
    private readonly checkpoint: Checkpoint,
    private readonly everyMs: number,
    private readonly log: Log,
  ) {}

  advance(place: string): void {
    this.newest = place;
    this.saving ??= this.save().finally(() => (this.saving = undefined));
  }

  /** Resolves once what {@link advance} said last is saved, or couldn't be. */
  async settled(): Promise<void> {
    await this.saving;
  }

  private async save(): Promise<void> {
    while (this.newest !== undefined && this.newest !== this.saved) {
      const place = this.newest;
      try {
        await this.checkpoint.write(place);
        this.saved = place;
      } catch (error) {
        this.log.warn({ reason: reasonOf(error) }, 'a checkpoint was not saved; the next one will be');
        return;
      }
      await pauseFor(this.everyMs);
    }
  }
}
