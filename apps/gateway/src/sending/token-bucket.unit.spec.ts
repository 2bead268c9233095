import fc from 'fast-check';
import { TokenBucket } from './token-bucket';

describe('a token bucket', () => {
  it('lets a burst through, then tells when the next one may come', () => {
    const bucket = new TokenBucket(3, 0);
    expect([1, 2, 3].map(() => bucket.take(10, 3, 0))).toEqual([0, 0, 0]);
    expect(bucket.take(10, 3, 0)).toBe(100);
    expect(bucket.take(10, 3, 99)).toBe(1);
    expect(bucket.take(10, 3, 100)).toBe(0);
  });

  it('never lets more through than burst and rate allow, whatever the clock does', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -50, max: 200 }), { maxLength: 300 }), (steps) => {
        const bucket = new TokenBucket(5, 0);
        let nowMs = 0;
        let forwardsMs = 0;
        let through = 0;
        for (const step of steps) {
          nowMs += step;
          forwardsMs += Math.max(0, step);
          if (bucket.take(10, 5, nowMs) === 0) through += 1;
        }
        expect(through).toBeLessThanOrEqual(5 + (forwardsMs * 10) / 1_000);
      }),
    );
  });

  it('follows a rate that is changed', () => {
    const bucket = new TokenBucket(1, 0);
    bucket.take(1, 1, 0);
    expect(bucket.take(1_000, 1_000, 10)).toBe(0);
    expect(bucket.take(0, 1, 10)).toBe(0);
  });

  it('tells of a minute where nothing is allowed at all', () => {
    expect(new TokenBucket(0, 0).take(0, 0, 5)).toBe(60_000);
  });

  it('is whole once it lets through what a new one would', () => {
    const bucket = new TokenBucket(3, 0);
    expect(bucket.isWhole(10, 3, 0)).toBe(true);
    for (let taken = 0; taken < 3; taken += 1) bucket.take(10, 3, 0);
    expect([0, 299, 300, -50].map((nowMs) => bucket.isWhole(10, 3, nowMs))).toEqual([
      false,
      false,
      true,
      false,
    ]);
    expect(bucket.isWhole(10, 4, 300)).toBe(false);
  });
});
