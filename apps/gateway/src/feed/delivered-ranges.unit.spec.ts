import fc from 'fast-check';
import { DeliveredRanges } from './delivered-ranges';

describe('what of a feed has been delivered', () => {
  it('is everything after the head, and nothing before', () => {
    const ranges = new DeliveredRanges(10);
    expect([9, 10, 11, 1_000].map((seq) => ranges.has(seq))).toEqual([false, false, true, true]);
    expect(ranges.missingUpTo).toBe(10);
  });

  it('knows what it was given, in whatever pieces, and no more', () => {
    const piece = fc.tuple(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 0, max: 15 }));
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 60 }), fc.array(piece), (head, pieces) => {
        const ranges = new DeliveredRanges(head);
        const told = new Set<number>();
        for (const [from, length] of pieces) {
          ranges.add({ from, to: from + length });
          for (let seq = from; seq <= from + length; seq += 1) told.add(seq);
        }
        for (let seq = 1; seq <= 90; seq += 1) expect(ranges.has(seq)).toBe(seq > head || told.has(seq));
        const { missingUpTo } = ranges;
        expect(missingUpTo === 0 || !ranges.has(missingUpTo)).toBe(true);
      }),
    );
  });
});
