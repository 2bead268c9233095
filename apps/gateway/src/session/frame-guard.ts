import { frameLimits } from '@claw/contracts';
import { TokenBucket } from '../sending/token-bucket';

/** What to do with the next frame of a socket. */
export type FrameVerdict =
  | { readonly kind: 'handle' }
  /** Not looked at; told when to come back. */
  | { readonly kind: 'warn'; readonly retryAfterMs: number }
  | { readonly kind: 'end' };

const handle = { kind: 'handle' } as const;
const end = { kind: 'end' } as const;

/** Warnings in one go, and a minute, before a flood ends its socket. */
const warningsBurst = 60;
const warningsPerSecond = 1;

/** A socket's own frame limit: 20 a second, 60 in one go; who goes on after many warnings is let go. */
export class FrameGuard {
  private readonly frames: TokenBucket;
  private readonly warnings: TokenBucket;

  /** `factor` multiplies the rates, for load tests. */
  constructor(
    private readonly factor: number,
    nowMs: number,
  ) {
    this.frames = new TokenBucket(frameLimits.burst * factor, nowMs);
    this.warnings = new TokenBucket(warningsBurst, nowMs);
  }

  next(nowMs: number): FrameVerdict {
    const { perSecond, burst } = frameLimits;
    const retryAfterMs = this.frames.take(perSecond * this.factor, burst * this.factor, nowMs);
    if (retryAfterMs === 0) return handle;
    return this.warnings.take(warningsPerSecond, warningsBurst, nowMs) === 0
      ? { kind: 'warn', retryAfterMs }
      : end;
  }
}
