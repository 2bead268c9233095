import { atLeast, atMost } from './figure';
import { absolute, compared, interleaved, median, percentile } from './rounds';

describe('the rounds of a benchmark', () => {
  it.each([
    [[3], 3],
    [[3, 1, 2], 2],
    [[4, 1, 3, 2], 2.5],
  ])('have a median: of %p it is %p', (values, expected) => expect(median(values)).toBe(expected));

  it('have percentiles', () => {
    const values = Array.from({ length: 100 }, (_, index) => index + 1);
    expect([percentile(values, 0.5), percentile(values, 0.99), percentile(values, 1)]).toEqual([
      51, 100, 100,
    ]);
  });

  it('take the two sides in turn, and in every second one the other first', async () => {
    const order: string[] = [];
    const side = (name: string) => async () => void order.push(name);
    await interleaved(3, side('ours'), side('beside'));
    expect(order).toEqual(['ours', 'beside', 'beside', 'ours', 'ours', 'beside']);
  });

  it('are held to their target by the median of the ratios', () => {
    const samples = [
      { ours: 90, beside: 100 },
      { ours: 220, beside: 200 },
      { ours: 100, beside: 100 },
    ];
    expect(compared('sends', samples, atLeast(1))).toMatchObject({
      value: 100,
      beside: 100,
      ratio: 1,
      ok: true,
      spread: [0.9, 1.1],
    });
    expect(compared('sends', samples, atMost(0.99)).ok).toBe(false);
    expect(absolute('bytes', [5, 7, 6], atMost(6, 'KB'))).toMatchObject({ value: 6, ok: true, ratio: null });
  });
});
