import { type ApiRefusal, refusal } from '../model/refusal';

export interface Page<Item> {
  readonly items: readonly Item[];
  /** Passed back to get the next page; `null` where there is none. */
  readonly next_cursor: string | null;
}

const wrongCursor = refusal(400, 1005, 'cursor: is not one that was given out');

/** A time and an id, as `placeOf` writes them. */
const PLACE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z \S+$/;

const toCursor = (place: string): string => Buffer.from(place).toString('base64url');
const toPlace = (cursor: string): string => Buffer.from(cursor, 'base64url').toString();

/**
 * One page, newest first by what `timeOf` says. The cursor is the place where the page ended, so that the next one
 * goes on there when newer items come in, and when an item becomes the newest.
 */
export const pageOf = <Item extends { readonly id: string }>(
  items: readonly Item[],
  timeOf: (item: Item) => string,
  limit: number,
  cursor: string | undefined,
): Page<Item> | ApiRefusal => {
  const after = cursor === undefined ? undefined : toPlace(cursor);
  if (after !== undefined && !PLACE.test(after)) return wrongCursor;
  const rest = items
    .map((item) => ({ item, place: `${timeOf(item)} ${item.id}` }))
    .filter(({ place }) => after === undefined || place < after)
    .sort((a, b) => (a.place < b.place ? 1 : -1));
  const chosen = rest.slice(0, limit);
  const last = rest.length > limit ? chosen.at(-1) : undefined;
  return {
    items: chosen.map(({ item }) => item),
    next_cursor: last === undefined ? null : toCursor(last.place),
  };
};
