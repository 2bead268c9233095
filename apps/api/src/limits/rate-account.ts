import { epochMs } from '@claw/kernel';
import { type Grant, grant, type RateWindow, windowAt, type Wish } from './rate-window';

export type RateVerdict = 'allowed' | 'refused' | 'refill';

/**
 * What one replica holds of an owner's running minute, and what it last knew of all replicas together. Holds no clock
 * and does no IO.
 */
export class RateAccount {
  private window: RateWindow | undefined;
  private held = 0;

  /** Decides on a call of this cost, and counts it where it is allowed. `refill`: first {@link adopt} a grant. */
  take(cost: number, limit: number, nowMs: number): RateVerdict {
    if (this.window === undefined || windowAt(this.window, nowMs) !== this.window) return 'refill';
    if (this.held >= cost && this.window.granted <= limit) {
      this.held -= cost;
      return 'allowed';
    }
    return this.remaining(limit) >= cost ? 'refill' : 'refused';
  }

  /** What this replica would hold of the window as it is now stored. */
  wish(window: RateWindow, wish: Omit<Wish, 'held'>): Grant {
    const held = this.window?.endsAt === window.endsAt ? this.held : 0;
    return grant(window, { ...wish, held });
  }

  adopt({ window, held }: Grant): void {
    this.window = window;
    this.held = held;
  }

  /** The window that runs, as far as this replica knows. */
  windowAt(nowMs: number): RateWindow {
    return windowAt(this.window, nowMs);
  }

  /** How many calls are left: without what other replicas hold unspent, with what they took unseen. */
  remaining(limit: number): number {
    return Math.max(0, limit - (this.window?.granted ?? 0) + this.held);
  }

  /** Milliseconds until the window is over. */
  resetMs(nowMs: number): number {
    return epochMs(this.windowAt(nowMs).endsAt) - nowMs;
  }
}
