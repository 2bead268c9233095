import { Injectable } from '@nestjs/common';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';

export interface RateCount {
  readonly allowed: boolean;
  readonly remaining: number;
  readonly resetMs: number;
}

/** Calls per minute, counted in this process: see ADR "Rates are counted per replica". */
@Injectable()
export class RateCounters {
  private readonly limiters = new Map<string, RateLimiterMemory>();

  /** Counts `cost` against `quota` a minute; what is refused is not counted. */
  async count(name: string, owner: string, cost: number, quota: number): Promise<RateCount> {
    const limiter = this.limiterOf(name, quota);
    const before = await limiter.get(owner);
    const used = before?.consumedPoints ?? 0;
    if (used + cost > quota) {
      return { allowed: false, remaining: quota - used, resetMs: before?.msBeforeNext ?? 60_000 };
    }
    const after = await limiter.consume(owner, cost).catch((refused: unknown) => {
      if (refused instanceof RateLimiterRes) return refused;
      throw refused;
    });
    return {
      allowed: after.consumedPoints <= quota,
      remaining: after.remainingPoints,
      resetMs: after.msBeforeNext,
    };
  }

  private limiterOf(name: string, quota: number): RateLimiterMemory {
    const key = `${name}:${quota}`;
    const known = this.limiters.get(key);
    if (known !== undefined) return known;
    const made = new RateLimiterMemory({ keyPrefix: key, points: quota, duration: 60 });
    this.limiters.set(key, made);
    return made;
  }
}
