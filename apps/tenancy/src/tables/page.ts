import type { CallResult } from '@claw/contracts';
import { type Instant, instant } from '@claw/kernel';
import { z } from 'zod';
import { invalidField } from '../calls';

/** Where a page of what was made, newest first, ended. */
export interface Place {
  readonly at: Instant;
  readonly id: string;
}

/** The form of an {@link Instant}; in a year that Postgres knows. */
const placeSchema = z.tuple([z.iso.datetime({ precision: 3 }).regex(/^[1-9]/), z.uuid()]);

export const encodeCursor = ({ at, id }: Place): string =>
  Buffer.from(JSON.stringify([at, id])).toString('base64url');

/** The place that a cursor says; undefined for none, and `invalid` for what {@link encodeCursor} didn't make. */
export const decodeCursor = (cursor: string | undefined): Place | 'invalid' | undefined => {
  if (cursor === undefined) return undefined;
  try {
    const [at, id] = placeSchema.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
    return { at: instant(at), id };
  } catch {
    return 'invalid';
  }
};

export const invalidCursor = (): CallResult<never> =>
  invalidField('cursor', 'must be the next_cursor of a page before');

/** A page from rows of which one more was asked for than it holds. */
export const pageOf = <Row, Item>(
  rows: readonly Row[],
  limit: number,
  item: (row: Row) => Item,
  placeOf: (row: Row) => Place,
): { readonly data: Item[]; readonly nextCursor: string | null } => {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    data: shown.map(item),
    nextCursor: rows.length > limit && last ? encodeCursor(placeOf(last)) : null,
  };
};
