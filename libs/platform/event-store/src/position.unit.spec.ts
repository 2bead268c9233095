import fc from 'fast-check';
import { comparePositions, decodePosition, encodePosition } from './position';

const uint64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const position = fc.record({ commit: uint64, prepare: uint64 });

describe('a position as text', () => {
  it('comes back as it was', () => {
    fc.assert(fc.property(position, (place) => expect(decodePosition(encodePosition(place))).toEqual(place)));
  });

  it('sorts as the log does', () => {
    fc.assert(
      fc.property(position, position, (a, b) => {
        const [x, y] = [encodePosition(a), encodePosition(b)];
        expect(Math.sign(comparePositions(a, b))).toBe(x < y ? -1 : x > y ? 1 : 0);
      }),
    );
  });

  it.each(['', '1-2', `${'0'.repeat(16)}-${'0'.repeat(15)}g`, `${'0'.repeat(16)}-${'0'.repeat(17)}`])(
    'is refused where it is not one: %p',
    (text) => expect(() => decodePosition(text)).toThrow(RangeError),
  );
});
