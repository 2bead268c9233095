import { instant, plusMs } from '@claw/kernel';
import { foldReaction } from './fold-reaction';

const at = instant('2030-01-01T12:00:00Z');
const later = plusMs(at, 1);
const loved = { type: 'love', at } as const;
const nothing = { type: null, at } as const;

describe('a reaction that is told', () => {
  it('is shown, in place of the one before', () => {
    const liked = { type: 'like', remove: false, at: later } as const;
    for (const before of [undefined, loved, nothing]) {
      expect(foldReaction(before, liked)).toEqual({ type: 'like', at: later });
    }
  });

  it('is no news where it is shown already', () => {
    expect(foldReaction(loved, { ...loved, remove: false, at: later })).toBeUndefined();
  });

  it('is taken off once, and only where it is the one that is shown', () => {
    const off = { type: 'love', remove: true, at: later } as const;
    for (const before of [undefined, loved]) {
      expect(foldReaction(before, off)).toEqual({ type: null, at: later });
    }
    expect(foldReaction(nothing, off)).toBeUndefined();
    expect(foldReaction({ type: 'like', at }, off)).toBeUndefined();
  });

  it('changes nothing where something newer is known', () => {
    const shown = { type: 'like', at: later } as const;
    expect(foldReaction(shown, { ...loved, remove: false })).toBeUndefined();
    expect(foldReaction({ ...shown, type: null }, { ...loved, remove: false })).toBeUndefined();
    expect(foldReaction(shown, { type: 'like', remove: true, at })).toBeUndefined();
  });
});
