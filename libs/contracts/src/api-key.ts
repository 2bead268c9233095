import { createHash } from 'node:crypto';

const format = /^cm_live_[A-Za-z0-9]{8}_[A-Za-z0-9]{32,64}$/;

/** Whether a text has a key's form: `cm_live_<8>_<32 or more>`. Says nothing about the key being known. */
export const isApiKey = (text: string): boolean => format.test(text);

/** `cm_live_<8>`: the part of a key that may be shown, stored and logged. */
export const keyPrefixOf = (key: string): string => key.slice(0, 'cm_live_'.length + 8);

/** SHA-256 in hex: what is stored of a key, and what it is looked up by. */
export const hashApiKey = (key: string): string => createHash('sha256').update(key).digest('hex');
