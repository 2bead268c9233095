import { z } from 'zod';

/** A phone number as Linq wants it: `+`, country code, subscriber number, nothing else. */
export const E164 = z.string().regex(/^\+[1-9]\d{6,14}$/, 'must be a phone number in E.164 format');
