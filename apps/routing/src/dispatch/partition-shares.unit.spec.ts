import fc from 'fast-check';
import { sharesOf } from './partition-shares';

const members = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 10 });

describe('shares of the partitions', () => {
  it('give every partition to exactly one member', () => {
    fc.assert(
      fc.property(members, (all) => {
        const given = all.flatMap((one) => sharesOf(all, one, 64));
        expect([...given].sort((a, b) => a - b)).toEqual(Array.from({ length: 64 }, (_, index) => index));
      }),
    );
  });

  it('differ by at most one', () => {
    fc.assert(
      fc.property(members, (all) => {
        const sizes = all.map((one) => sharesOf(all, one, 64).length);
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('are the same in whatever order the members are seen', () => {
    expect(sharesOf(['b', 'a'], 'a', 8)).toEqual(sharesOf(['a', 'b', 'b'], 'a', 8));
  });

  it('are none for one who isn’t a member', () => {
    expect(sharesOf(['a', 'b'], 'c', 64)).toEqual([]);
  });
});
