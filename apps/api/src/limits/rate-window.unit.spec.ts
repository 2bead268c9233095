import fc from 'fast-check';
import { instant } from '@claw/kernel';
import { RateAccount } from './rate-account';
import { blockOf, grant, type RateWindow, windowAt, windowMs } from './rate-window';

const now = Date.parse('2030-01-15T00:00:00Z');
const granted = (count: number): RateWindow => ({ endsAt: instant(now + windowMs), granted: count });

describe('a block', () => {
  it('is an eighth of what remains, at least one, at most 50', () => {
    expect([0, 1, 8, 16, 300, 400, 10_000].map(blockOf)).toEqual([1, 1, 1, 2, 37, 50, 50]);
  });
});

describe('a window', () => {
  it('begins with the first call and lasts a minute', () => {
    const window = windowAt(undefined, now);
    expect(window).toEqual(granted(0));
    expect(windowAt(window, now + windowMs - 1)).toBe(window);
    expect(windowAt(window, now + windowMs)).toEqual({ endsAt: instant(now + 2 * windowMs), granted: 0 });
  });

  it('that a clock far ahead began is not waited for', () => {
    const ahead = { endsAt: instant(now + 60 * windowMs), granted: 600 };
    expect(windowAt(ahead, now)).toEqual(granted(0));
  });
});

describe('a grant', () => {
  const wish = { held: 0, costs: [1], limit: 600, block: blockOf };

  it('is a block, or all that waits where that is more', () => {
    expect(grant(granted(0), wish)).toEqual({ window: granted(50), held: 50 });
    const costs = new Array<number>(80).fill(1);
    expect(grant(granted(0), { ...wish, costs })).toEqual({ window: granted(80), held: 80 });
  });

  it('passes over a call that does not fit, and takes for those behind it', () => {
    expect(grant(granted(590), { ...wish, costs: [20, 3, 4] })).toEqual({ window: granted(597), held: 7 });
  });

  it('leaves all as it is where none fits', () => {
    const window = granted(600);
    expect(grant(window, wish)).toEqual({ window, held: 0 });
    expect(grant(window, wish).window).toBe(window);
  });

  it('counts what is held as not spent, and gives back what a lower limit leaves no room for', () => {
    expect(grant(granted(50), { ...wish, held: 49, limit: 10 })).toEqual({ window: granted(2), held: 1 });
  });
});

describe('replicas that share a window', () => {
  /** Each step: which replica is called, and at what cost. */
  const steps = fc.array(fc.tuple(fc.nat(3), fc.integer({ min: 1, max: 30 })), { maxLength: 800 });

  /** How much of the window was let through, and how it ended. */
  const run = (calls: readonly (readonly [number, number])[], limit: number) => {
    const accounts = Array.from({ length: 4 }, () => new RateAccount());
    let window: RateWindow | undefined;
    let through = 0;
    for (const [index, cost] of calls) {
      const account = accounts[index] as RateAccount;
      let verdict = account.take(cost, limit, now);
      if (verdict === 'refill') {
        const next = account.wish(windowAt(window, now), { costs: [cost], limit, block: blockOf });
        window = next.window;
        account.adopt(next);
        verdict = account.take(cost, limit, now);
      }
      if (verdict === 'allowed') through += cost;
    }
    return { through, window };
  };

  it('never let more through than the limit, whoever is called when', () => {
    fc.assert(
      fc.property(steps, fc.integer({ min: 0, max: 1_000 }), (calls, limit) => {
        const { through, window } = run(calls, limit);
        expect(through).toBeLessThanOrEqual(limit);
        expect(window?.granted ?? 0).toBeLessThanOrEqual(limit);
      }),
    );
  });

  it.each([
    ['alike', [0, 1, 2, 3]],
    ['unevenly', [0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3]],
  ])('use nearly all of it where they are called %s', (_, turns) => {
    const calls = Array.from(
      { length: 3_000 },
      (__, index) => [turns[index % turns.length] ?? 0, 1] as const,
    );
    expect(run(calls, 600).through).toBeGreaterThanOrEqual(540);
  });
});
