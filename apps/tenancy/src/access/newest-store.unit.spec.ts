import { NewestStore } from './newest-store';

const at = (revision: number, name = 'value') => ({ revision, name });

describe('a copy that keeps the newest', () => {
  it('takes an older value for nothing, whoever brings it', () => {
    const store = new NewestStore<{ revision: number; name: string }>();
    store.set('key', at(2));
    store.set('key', at(1, 'older'));
    expect(store.get('key')).toEqual(at(2));
  });

  it('tells what was there before and what is there now', () => {
    const told: unknown[] = [];
    const store = new NewestStore<{ revision: number }>((before, after) => told.push([before, after]));
    store.set('key', at(0));
    store.set('key', at(1));
    store.set('key', at(0));
    store.delete('key');
    expect(told).toEqual([
      [undefined, at(0)],
      [at(0), at(1)],
      [at(1), undefined],
    ]);
  });
});
