import { hashApiKey, isApiKey } from '@claw/contracts';
import { issueKey } from './issue-key';

describe('issuing a key', () => {
  it('makes one of the documented form, and keeps only its prefix and hash', () => {
    const { apiKey, key } = issueKey();
    expect(isApiKey(apiKey)).toBe(true);
    expect(apiKey.startsWith(`${key.prefix}_`)).toBe(true);
    expect(key.hash).toBe(hashApiKey(apiKey));
    expect(JSON.stringify(key)).not.toContain(apiKey.slice(key.prefix.length + 1));
  });

  it('never makes one twice', () => {
    const keys = Array.from({ length: 500 }, () => issueKey().apiKey);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('uses every letter and digit about as often', () => {
    const characters = Array.from({ length: 500 }, () => issueKey().apiKey.slice(-40)).join('');
    const counts = new Map<string, number>();
    for (const character of characters) counts.set(character, (counts.get(character) ?? 0) + 1);
    expect(counts.size).toBe(62);
    // 20,000 characters over 62: 323 expected each, with a standard deviation of 18.
    expect(Math.min(...counts.values())).toBeGreaterThan(323 - 6 * 18);
    expect(Math.max(...counts.values())).toBeLessThan(323 + 6 * 18);
  });
});
