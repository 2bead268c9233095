import { z } from 'zod';

/** In a year that Postgres knows. */
const time = z.iso.datetime({ precision: 3 }).regex(/^[1-9]/);
const placeSchema = z.tuple([time, z.string().max(255)]);

/** Where a page ended: the time and the id of its last row. */
export interface Place {
  readonly at: string;
  readonly id: string;
}

export const writePlace = ({ at, id }: Place): string =>
  Buffer.from(JSON.stringify([at, id])).toString('base64url');

/** The place that a cursor stands for; undefined for a text that isn't one of ours. */
export const readPlace = (cursor: string): Place | undefined => {
  try {
    const read = placeSchema.safeParse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
    return read.success ? { at: read.data[0], id: read.data[1] } : undefined;
  } catch {
    return undefined;
  }
};
