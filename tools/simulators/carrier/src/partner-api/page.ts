import { type ApiRefusal, refusal } from '../model/refusal';

interface Dated {
  readonly id: string;
  readonly created_at: string;
}

export interface Page<Item> {
  readonly items: readonly Item[];
  /** Passed back to get the next page; `null` where there is none. */
  readonly next_cursor: string | null;
}

const newestFirst = (a: Dated, b: Dated): number =>
  b.created_at.localeCompare(a.created_at) || b.id.localeCompare(a.id);

/**
 * One page, newest first. The cursor is the id of the last item seen, so a page stays where it was when newer
 * items come in.
 */
export const pageOf = <Item extends Dated>(
  items: readonly Item[],
  limit: number,
  cursor: string | undefined,
): Page<Item> | ApiRefusal => {
  const sorted = [...items].sort(newestFirst);
  const seen = cursor === undefined ? -1 : sorted.findIndex((item) => item.id === cursor);
  if (cursor !== undefined && seen < 0) return refusal(400, 1005, 'cursor: is not one that was given out');
  const chosen = sorted.slice(seen + 1, seen + 1 + limit);
  const more = seen + 1 + limit < sorted.length;
  return { items: chosen, next_cursor: more ? (chosen.at(-1)?.id ?? null) : null };
};
