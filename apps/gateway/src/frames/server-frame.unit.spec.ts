import { encodeEntry } from './server-frame';

describe('a feed entry on its way out', () => {
  it('gets its place in front and stays what it was', () => {
    const entry = JSON.stringify({ type: 'message', text: 'a "quoted" text {"seq":1}' });
    expect(JSON.parse(encodeEntry(entry, 7, false) ?? '')).toEqual({ seq: 7, ...JSON.parse(entry) });
    expect(JSON.parse(encodeEntry(entry, 7, true) ?? '')).toEqual({
      seq: 7,
      replay: true,
      ...JSON.parse(entry),
    });
  });

  it.each(['', '[]', '{}', 'null', 'not JSON'])('is none where it is %p', (entry) => {
    expect(encodeEntry(entry, 7, false)).toBeUndefined();
  });
});
