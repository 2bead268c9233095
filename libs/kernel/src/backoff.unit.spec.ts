import { backoffMs } from './backoff';

describe('backoff', () => {
  it('doubles up to its cap', () => {
    const longest = [1, 2, 3, 4, 5].map((attempt) => backoffMs(attempt, 100, 1_000, () => 1));
    expect(longest).toEqual([100, 200, 400, 800, 1_000]);
  });

  it('is at least half of that, so that many spread out', () => {
    expect(backoffMs(3, 100, 1_000, () => 0)).toBe(200);
  });

  it('stays at its cap however often it was tried', () => {
    expect(backoffMs(10_000, 100, 1_000, () => 1)).toBe(1_000);
  });
});
