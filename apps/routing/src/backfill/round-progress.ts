import type { Instant } from '@claw/kernel';

/** What reading one chat came to. */
export interface ChatRead {
  /** How many events were taken in. */
  readonly events: number;
  /** False where there is more in it than is read. */
  readonly complete: boolean;
}

/** How far a round has come: up to when all is durable that happened on a sending number. */
export class RoundProgress {
  private readonly endsAt: number;
  private events = 0;
  private reached: Instant;

  /** @param gapless false where what happened first may be missing already: then nothing is reached */
  constructor(
    after: Instant,
    private gapless: boolean,
    private readonly bound: { readonly events: number; readonly ms: number },
  ) {
    this.reached = after;
    this.endsAt = performance.now() + bound.ms;
  }

  get until(): Instant {
    return this.reached;
  }

  /** Whether the round has had its share, and the rest is for the next one. */
  get spent(): boolean {
    return this.events >= this.bound.events || performance.now() > this.endsAt;
  }

  /** A chat was read. Chats come in the order in which something last happened in them, up to `activeAt`. */
  add({ events, complete }: ChatRead, activeAt?: Instant): void {
    this.events += events;
    this.gapless &&= complete;
    if (activeAt !== undefined) this.moveTo(activeAt);
  }

  /** Every chat was read. */
  finish(beganAt: Instant): void {
    this.moveTo(beganAt);
  }

  private moveTo(at: Instant): void {
    if (this.gapless && at > this.reached) this.reached = at;
  }
}
