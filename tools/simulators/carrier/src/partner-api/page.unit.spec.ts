import { isRefusal } from '../model/refusal';
import { pageOf } from './page';

const item = (id: string, day: number) => ({ id, created_at: `2025-01-0${day}T00:00:00.000Z` });
const ids = (page: ReturnType<typeof pageOf>): string[] =>
  isRefusal(page) ? [] : page.items.map(({ id }) => id);

describe('a page', () => {
  const items = [item('a', 1), item('b', 3), item('c', 2)];

  it('holds the newest first and says where the next begins', () => {
    const page = pageOf(items, 2, undefined);
    expect(ids(page)).toEqual(['b', 'c']);
    expect(page).toMatchObject({ next_cursor: 'c' });
  });

  it('is the last where nothing follows, also when it is full', () => {
    expect(pageOf(items, 1, 'c')).toMatchObject({ next_cursor: null });
    expect(pageOf(items, 3, undefined)).toMatchObject({ next_cursor: null });
    expect(pageOf([], 3, undefined)).toEqual({ items: [], next_cursor: null });
  });

  it('stays where it was when newer items come in', () => {
    expect(ids(pageOf([...items, item('d', 9)], 2, 'c'))).toEqual(['a']);
  });

  it('is refused for a cursor that nobody was given', () => {
    expect(isRefusal(pageOf(items, 2, 'x'))).toBe(true);
  });
});
