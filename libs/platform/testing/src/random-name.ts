import { randomBytes } from 'node:crypto';

/** A name that no other test has: `prefix`, an underscore, and 12 lower-case hexadecimal digits. */
export const randomName = (prefix: string): string => `${prefix}_${randomBytes(6).toString('hex')}`;
