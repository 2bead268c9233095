import { hashApiKey, isApiKey, keyPrefixOf } from './api-key';

const key = `cm_live_AbCd1234_${'s'.repeat(40)}`;

describe('an API key', () => {
  it('is known by its form', () => expect(isApiKey(key)).toBe(true));

  it.each([
    ['a short secret', 'cm_live_AbCd1234_short'],
    ['another mark', key.replace('cm_live', 'cm_test')],
    ['a prefix of seven', `cm_live_AbCd123_${'s'.repeat(40)}`],
    ['a wildcard', `cm_live_AbCd1234_${'s'.repeat(39)}>`],
    ['something behind it', `${key}\n`],
  ])('is not one with %s', (_what, text) => expect(isApiKey(text)).toBe(false));

  it('shows its prefix and nothing of its secret', () => expect(keyPrefixOf(key)).toBe('cm_live_AbCd1234'));

  it('is looked up by its SHA-256', () => expect(hashApiKey(key)).toMatch(/^[0-9a-f]{64}$/));
});
