import { z } from 'zod';

/** Years that every store can hold: an offset can carry a time out of them. */
const isStorable = (time: string): boolean => {
  const year = new Date(time).getUTCFullYear();
  return year >= 1 && year <= 9_999;
};

/** A time that somebody outside gives: ISO 8601 with `Z` or an offset. */
export const givenTimeSchema = z.iso.datetime({ offset: true }).refine(isStorable, 'must be a time');
