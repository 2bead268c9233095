import {
  DELETED_METADATA,
  firstReadable,
  isSoftDeleted,
  oldestReadable,
  parseRetention,
  revived,
} from './retention';

const bytes = (text: string): Uint8Array => Buffer.from(text);

describe('retention', () => {
  it('is read from metadata among whatever else is there', () => {
    expect(parseRetention(bytes('{"$maxCount":3,"$maxAge":60,"$tb":2,"$acl":{"$r":"$all"},"x":1}'))).toEqual({
      $maxCount: 3,
      $maxAge: 60,
      $tb: 2,
    });
  });

  it.each([
    '',
    'no JSON',
    'null',
    '[]',
    '{"$maxCount":0}',
    '{"$maxAge":-1}',
    '{"$maxCount":"3"}',
    '{"$tb":-1}',
  ])('is none where metadata is %p', (text) => {
    expect(parseRetention(bytes(text))).toEqual({});
  });

  it('lets a stream be read from the stricter of its limits on', () => {
    expect(firstReadable({}, 9)).toBe(0);
    expect(firstReadable({ $maxCount: 3 }, 9)).toBe(7);
    expect(firstReadable({ $maxCount: 30 }, 9)).toBe(0);
    expect(firstReadable({ $tb: 5 }, 9)).toBe(5);
    expect(firstReadable({ $tb: 5, $maxCount: 3 }, 9)).toBe(7);
    expect(firstReadable({ $tb: 8, $maxCount: 3 }, 9)).toBe(8);
  });

  it('counts the age in seconds', () => {
    expect(oldestReadable({ $maxAge: 60 }, 100_000)).toBe(40_000);
    expect(oldestReadable({}, 100_000)).toBe(0);
  });

  it('knows a deleted stream by its metadata, and a truncated one from it', () => {
    expect(isSoftDeleted(parseRetention(DELETED_METADATA))).toBe(true);
    expect(isSoftDeleted({ $tb: Number.MAX_SAFE_INTEGER })).toBe(false);
    expect(isSoftDeleted({})).toBe(false);
  });

  it('keeps all but the truncation when a stream begins anew', () => {
    const metadata = revived(bytes('{"$tb":9223372036854775807,"colour":"blue"}'), 4);
    expect(JSON.parse(Buffer.from(metadata).toString())).toEqual({ $tb: 4, colour: 'blue' });
  });
});
