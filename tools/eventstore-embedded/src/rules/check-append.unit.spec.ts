import { checkAppend } from './check-append';
import type { AppendVerdict, ExpectedRevision, StreamHead } from './check-append';

const APPEND: AppendVerdict = { outcome: 'append' };
const wrong = (actual: number): AppendVerdict => ({ outcome: 'wrong_expected_version', actual });
const DELETED: AppendVerdict = { outcome: 'stream_deleted' };
const repeated = (last: number): AppendVerdict => ({ outcome: 'repeated', last });

/** The check of `ids` against a stream that holds `stored`. */
const check = (
  stored: readonly string[],
  expected: ExpectedRevision,
  ids: readonly string[],
  head: Partial<StreamHead> = {},
): AppendVerdict =>
  checkAppend(
    { last: stored.length - 1, tombstoned: false, softDeleted: false, exists: stored.length > 0, ...head },
    expected,
    ids,
    {
      revisionOf: (id) => (stored.includes(id) ? stored.lastIndexOf(id) : undefined),
      eventIdAt: (revision) => stored[revision],
    },
  );

describe('an append', () => {
  it.each<[string, readonly string[], ExpectedRevision]>([
    ['anything', ['a'], 'any'],
    ['no stream, and there is none', [], 'no_stream'],
    ['the newest revision', ['a', 'b'], 1n],
    ['a stream, and there is one', ['a'], 'stream_exists'],
  ])('goes ahead that expects %s', (_what, stored, expected) => {
    expect(check(stored, expected, ['x'])).toEqual(APPEND);
  });

  it.each<[string, readonly string[], ExpectedRevision]>([
    ['no stream, and there is one', ['a'], 'no_stream'],
    ['an older revision', ['a', 'b'], 0n],
    ['a revision to come', ['a'], 1n],
    ['a revision beyond all numbers', ['a'], 2n ** 64n - 1n],
    ['a stream, and there is none', [], 'stream_exists'],
  ])('is refused that expects %s', (_what, stored, expected) => {
    expect(check(stored, expected, ['x'])).toEqual(wrong(stored.length - 1));
  });

  it('finds that a stream exists which has nothing but metadata', () => {
    expect(check([], 'stream_exists', ['x'], { exists: true })).toEqual(APPEND);
  });

  it.each<ExpectedRevision>(['any', 'no_stream', 'stream_exists', 0n])(
    'that expects %s goes nowhere once the stream is tombstoned',
    (expected) => {
      expect(check(['x'], expected, ['x'], { tombstoned: true })).toEqual(DELETED);
    },
  );

  it('takes a deleted stream for one that may be begun anew, but not for one that exists', () => {
    const deleted = { softDeleted: true };
    expect(check(['a', 'b'], 'no_stream', ['x'], deleted)).toEqual(APPEND);
    expect(check(['a', 'b'], 1n, ['x'], deleted)).toEqual(APPEND);
    expect(check(['a', 'b'], 'stream_exists', ['x'], deleted)).toEqual(DELETED);
    expect(check(['a', 'b'], 0n, ['x'], deleted)).toEqual(wrong(1));
  });
});

describe('a retry', () => {
  it.each<ExpectedRevision>(['any', 'stream_exists', 0n])(
    'is known for one where %s is expected, whatever came after it',
    (expected) => {
      expect(check(['a', 'x', 'y', 'b'], expected, ['x', 'y'])).toEqual(repeated(2));
    },
  );

  it('is known for one where no stream is expected', () => {
    expect(check(['x', 'y', 'b'], 'no_stream', ['x', 'y'])).toEqual(repeated(1));
  });

  it('is known for one though its first event was written again since', () => {
    expect(check(['x', 'y', 'x'], 'no_stream', ['x', 'y'])).toEqual(repeated(1));
  });

  it.each<ExpectedRevision>(['any', 'no_stream'])(
    'is refused that has grown, where %s is expected',
    (expected) => {
      expect(check(['x'], expected, ['x', 'new'])).toEqual(wrong(0));
    },
  );

  it('is none where its events begin elsewhere', () => {
    expect(check(['a', 'x', 'y'], 'no_stream', ['x', 'y'])).toEqual(wrong(2));
  });

  it('is none where there is nothing to write', () => {
    expect(check(['a', 'b'], 'any', [])).toEqual(APPEND);
    expect(check(['a', 'b'], 0n, [])).toEqual(wrong(1));
  });
});
