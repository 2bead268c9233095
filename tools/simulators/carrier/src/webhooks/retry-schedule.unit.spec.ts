import { MAX_RETRIES, judge, retryWaitMs } from './retry-schedule';

const waits = (scale: number): number[] =>
  Array.from({ length: MAX_RETRIES }, (_, index) => retryWaitMs(index + 1, scale) ?? Number.NaN);
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

describe('webhook retries', () => {
  it('are ten over about 25 minutes, each wait twice the one before', () => {
    expect(sum(waits(1)) / 60_000).toBeCloseTo(25.6, 1);
    expect(waits(1).slice(0, 3)).toEqual([1_500, 3_000, 6_000]);
    expect(retryWaitMs(MAX_RETRIES + 1, 1)).toBeUndefined();
  });

  it('can be scaled', () => {
    expect(sum(waits(0.01))).toBeLessThan(16_000);
  });

  it.each([
    [200, 'taken'],
    [204, 'taken'],
    [301, 'refused'],
    [400, 'refused'],
    [404, 'refused'],
    [429, 'again'],
    [500, 'again'],
    [undefined, 'again'],
  ] as const)('take an answer of %s as %s', (status, delivery) => {
    expect(judge(status)).toBe(delivery);
  });
});
