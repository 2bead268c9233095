import { readCredentials } from './credentials';

const read = (url: string, authorization?: string) =>
  readCredentials({ url, headers: authorization === undefined ? {} : { authorization } });

describe('what an opening brings', () => {
  it.each([
    ['a key in the URL', '/ws?key=abc', undefined, 'abc'],
    ['a key in the header', '/ws', 'Bearer abc', 'abc'],
    ['a scheme in any case', '/ws', 'bearer abc', 'abc'],
    ['the URL’s key where both have one', '/ws?key=abc', 'Bearer def', 'abc'],
    ['an empty key, which is a wrong one', '/ws?key=', undefined, ''],
    ['another scheme, which is a wrong key', '/ws', 'Basic abc', 'Basic abc'],
    ['nothing: a first frame is to follow', '/ws', undefined, undefined],
  ])('%s', (_what, url, authorization, key) => {
    expect(read(url, authorization)).toMatchObject({ key });
  });

  it('its software, where that reads as name/version', () => {
    expect(read('/ws?client=claw-sdk/1.2.0')?.client).toBe('claw-sdk/1.2.0');
    expect(read('/ws?client=%0Aevil')?.client).toBe('unknown');
    expect(read(`/ws?client=${'x'.repeat(100)}/1`)?.client).toBe('unknown');
  });

  it.each(['/', '/wss', '/ws/', 'http://[', '//', ''])('none for another path: %p', (url) => {
    expect(read(url)).toBeUndefined();
  });
});
