import { createHash } from 'node:crypto';

/**
 * What an agent sees instead of the number of another subaccount's customer: always the same in one group, another in
 * the next, so that people can be told apart and not recognised. `secret` is an id of the group that agents never
 * see; else they could try all numbers until one fits.
 */
export const standIn = (secret: string, phoneNumber: string): string =>
  `hidden-${createHash('sha256')
    .update(JSON.stringify([secret, phoneNumber]))
    .digest('hex')
    .slice(0, 8)}`;
