import { randomInt } from 'node:crypto';
import { hashApiKey, keyPrefixOf } from '@claw/contracts';
import { newId } from '@claw/kernel';
import type { IssuedKey } from '@claw/tenancy-domain';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const prefixLength = 8;
/** 40 characters of 62 are 238 bits: out of reach of guessing, and of a collision of two keys. */
const secretLength = 40;

const random = (length: number): string =>
  Array.from({ length }, () => alphabet.charAt(randomInt(alphabet.length))).join('');

/** A new API key, to be shown once, and what may be kept of it. */
export const issueKey = (): { readonly apiKey: string; readonly key: IssuedKey } => {
  const apiKey = `cm_live_${random(prefixLength)}_${random(secretLength)}`;
  return { apiKey, key: { id: newId(), prefix: keyPrefixOf(apiKey), hash: hashApiKey(apiKey) } };
};
