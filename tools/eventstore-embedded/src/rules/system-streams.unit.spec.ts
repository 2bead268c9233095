import { describedBy, isMetastream, MAX_STREAM_NAME_BYTES, metastreamOf, nameFault } from './system-streams';

describe('the name of a stream', () => {
  it('tells a metastream, and what it describes', () => {
    expect(metastreamOf('agency-1')).toBe('$$agency-1');
    expect(isMetastream('$$agency-1')).toBe(true);
    expect(isMetastream('$settings')).toBe(false);
    expect(describedBy('$$agency-1')).toBe('agency-1');
  });

  it.each(['', '$$', 'a\0b', 'ü'.repeat(MAX_STREAM_NAME_BYTES / 2 + 1)])('can be wrong (%#)', (name) => {
    expect(nameFault(name)).toEqual(expect.any(String));
  });

  const longest = 'ü'.repeat(MAX_STREAM_NAME_BYTES / 2);

  it.each(['a', '$$a', '$settings', longest, metastreamOf(longest)])('is right (%#)', (name) => {
    expect(nameFault(name)).toBeUndefined();
  });
});
