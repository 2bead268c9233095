import { isRefusal } from '../model/refusal';
import { pageOf } from './page';

const item = (id: string, day: number) => ({ id, at: `2025-01-0${day}T00:00:00.000Z` });
type Item = ReturnType<typeof item>;
const page = (items: readonly Item[], limit: number, cursor?: string) => {
  const answer = pageOf(items, ({ at }) => at, limit, cursor);
  if (isRefusal(answer)) throw new Error(answer.message);
  return { ids: answer.items.map(({ id }) => id), next: answer.next_cursor };
};

describe('a page', () => {
  const items = [item('a', 1), item('b', 3), item('c', 2)];

  it('holds the newest first and says where the next begins', () => {
    const first = page(items, 2);
    expect(first.ids).toEqual(['b', 'c']);
    expect(page(items, 2, first.next ?? '')).toEqual({ ids: ['a'], next: null });
  });

  it('is the last where nothing follows, also when it is full', () => {
    expect(page(items, 3)).toEqual({ ids: ['b', 'c', 'a'], next: null });
    expect(page([], 3)).toEqual({ ids: [], next: null });
  });

  it('tells items of one moment apart', () => {
    const twins = [item('a', 1), item('b', 1), item('c', 1)];
    const first = page(twins, 2);
    expect([...first.ids, ...page(twins, 2, first.next ?? '').ids]).toEqual(['c', 'b', 'a']);
  });

  it('goes on where it was when newer items come in, or one becomes the newest', () => {
    const { next } = page(items, 2);
    expect(page([...items, item('d', 9)], 2, next ?? '').ids).toEqual(['a']);
    expect(page([item('a', 1), item('b', 3), item('c', 9)], 2, next ?? '').ids).toEqual(['a']);
  });

  it('is refused for a cursor that nobody was given', () => {
    expect(isRefusal(pageOf(items, ({ at }) => at, 2, 'x'))).toBe(true);
  });
});
