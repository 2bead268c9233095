/** Lets through `burst` at once and `perSecond` in the long run. */
export class TokenBucket {
  private tokens: number;
  private at: number;

  constructor(burst: number, nowMs: number) {
    this.tokens = burst;
    this.at = nowMs;
  }

  /**
   * Takes one token and answers 0, or takes none and answers the milliseconds until there is one. The rates come
   * with each call, so that changed ones apply at once.
   */
  take(perSecond: number, burst: number, nowMs: number): number {
    // A clock that was set back must not take tokens away.
    const elapsedMs = Math.max(0, nowMs - this.at);
    this.at = nowMs;
    this.tokens = Math.min(burst, this.tokens + (elapsedMs * perSecond) / 1_000);
    if (this.tokens >= whole) {
      this.tokens -= 1;
      return 0;
    }
    return perSecond > 0 ? Math.max(1, Math.ceil(((whole - this.tokens) * 1_000) / perSecond)) : noRateMs;
  }

  /** Whether it has refilled: a new one would let through the same. */
  isWhole(perSecond: number, burst: number, nowMs: number): boolean {
    return this.tokens + (Math.max(0, nowMs - this.at) * perSecond) / 1_000 >= burst;
  }

  /** A token that was taken for nothing. */
  giveBack(burst: number): void {
    this.tokens = Math.min(burst, this.tokens + 1);
  }
}

/** A token, but for what adding up fractions loses. */
const whole = 1 - 1e-9;

/** What is told of a rate of nothing at all: it may be changed, so ask again in a minute. */
const noRateMs = 60_000;
