import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';

declare const brand: unique symbol;

/** A telephone number in E.164: `+` and up to 15 digits. */
export type PhoneNumber = string & { readonly [brand]: 'PhoneNumber' };

/** A telephone number's digits without the `+`: its name in streams, subjects and bucket keys. */
export type PhoneDigits = string & { readonly [brand]: 'PhoneDigits' };

const forgiven = /^\+?[\d\s().-]{5,40}$/;

/** Numbers read lately: reading one costs as much as everything else about a frame's validation together. */
const readLately = new LRUCache<string, PhoneNumber>({ max: 10_000 });

/**
 * The number that a person meant, or undefined. Spaces, dashes, dots and parentheses are forgiven, ten bare
 * digits are a US number; possible lengths suffice, so that `+1 555 …` passes.
 */
export const parsePhoneNumber = (text: string): PhoneNumber | undefined => {
  const known = readLately.get(text);
  if (known !== undefined) return known;
  const number = readPhoneNumber(text);
  if (number !== undefined) readLately.set(text, number);
  return number;
};

const readPhoneNumber = (text: string): PhoneNumber | undefined => {
  const trimmed = text.trim();
  if (!forgiven.test(trimmed)) return undefined;
  const bare = /^\d{10}$/.test(trimmed.replace(/\D/g, '')) && !trimmed.startsWith('+');
  if (!bare && !trimmed.startsWith('+')) return undefined;
  const parsed = parsePhoneNumberFromString(trimmed, 'US');
  return parsed?.isPossible() === true ? (parsed.number as string as PhoneNumber) : undefined;
};

export const digitsOf = (number: PhoneNumber): PhoneDigits => number.slice(1) as string as PhoneDigits;

export const numberOf = (digits: PhoneDigits): PhoneNumber => `+${digits}` as string as PhoneNumber;

/** Accepts what {@link parsePhoneNumber} forgives, gives E.164. */
export const phoneNumberSchema = z
  .string()
  .max(40)
  .transform((text, context): PhoneNumber => {
    const number = parsePhoneNumber(text);
    if (number !== undefined) return number;
    context.addIssue({ code: 'custom', message: 'must be a phone number in E.164 form, like +15551234567' });
    return z.NEVER;
  });

/** A number that is already E.164: what services and stored values hold. */
export const e164Schema = z
  .custom<PhoneNumber>(
    (value) => typeof value === 'string' && /^\+[1-9]\d{4,14}$/.test(value),
    'must be E.164',
  )
  .meta({ override: { type: 'string', pattern: '^\\+[1-9]\\d{4,14}$', examples: ['+15551234567'] } });
