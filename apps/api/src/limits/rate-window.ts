import { instantSchema } from '@claw/contracts';
import { epochMs, instant } from '@claw/kernel';
import { z } from 'zod';

/**
 * `rates/<rate>.<owner>`: one minute of an owner's calls, and how many of them the replicas of `api` were granted.
 * Written by compare-and-set only. Never more than `granted` were let through.
 */
export const rateWindowSchema = z.object({ endsAt: instantSchema, granted: z.number().int().min(0) });
export type RateWindow = z.infer<typeof rateWindowSchema>;

/** Limits are a minute's. */
export const windowMs = 60_000;

const largestBlock = 50;

/**
 * How many calls a replica takes at once, of those that remain: an eighth, at least one, at most 50. So little lies
 * unspent in a replica that gets no more calls.
 */
export const blockOf = (remaining: number): number =>
  Math.min(largestBlock, Math.max(1, Math.floor(remaining / 8)));

/**
 * The window that runs at `nowMs`: a new one from the first call on after the last is over. One that ends too far
 * off was begun by a clock that is wrong, and doesn't hold anybody up.
 */
export const windowAt = (window: RateWindow | undefined, nowMs: number): RateWindow => {
  const leftMs = window === undefined ? 0 : epochMs(window.endsAt) - nowMs;
  return window !== undefined && leftMs > 0 && leftMs <= 2 * windowMs
    ? window
    : { endsAt: instant(nowMs + windowMs), granted: 0 };
};

export interface Wish {
  /** What the replica has of the window and hasn't spent. */
  readonly held: number;
  /** What each of the calls that wait costs. */
  readonly costs: readonly number[];
  readonly limit: number;
  /** How many calls to take at once where that many remain. */
  readonly block: (remaining: number) => number;
}

export interface Grant {
  readonly window: RateWindow;
  readonly held: number;
}

/**
 * The window and what the replica holds of it once it took enough for the calls that wait, as far as they fit under
 * the limit one after the other; unchanged where none fits. Where the limit was lowered it gives back what is over.
 */
export const grant = (window: RateWindow, { held, costs, limit, block }: Wish): Grant => {
  const free = limit - (window.granted - held);
  const wanted = costs.reduce((sum, cost) => (sum + cost <= free ? sum + cost : sum), 0);
  if (wanted === 0) return { window, held };
  const taken = Math.min(free, Math.max(wanted, block(free)));
  return { window: { ...window, granted: window.granted - held + taken }, held: taken };
};
