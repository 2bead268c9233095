import { z } from 'zod';

/** NUL, and halves of a surrogate pair on their own: JSON can spell them, Postgres can store neither. */
const unstorable = /[\0\p{Surrogate}]/u;

/** A text that every store takes as it is: one that only some take would be accepted, and then stuck for good. */
export const storableTextSchema = z
  .string()
  .refine((text) => !unstorable.test(text), 'must not hold NUL or half a surrogate pair');

/** A text of somebody else's, with what no store takes replaced by U+FFFD. */
export const storableText = (text: string): string =>
  unstorable.test(text) ? text.replace(allUnstorable, '\uFFFD') : text;

const allUnstorable = new RegExp(unstorable, 'gu');
