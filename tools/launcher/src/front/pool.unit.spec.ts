import { Pool } from './pool';
import type { Condition } from './pool';

const poolOf = async (conditions: Record<string, Condition>): Promise<Pool> => {
  const pool = new Pool(Object.keys(conditions), async (origin) => conditions[origin] ?? 'down');
  await pool.refresh();
  return pool;
};
const chosen = (pool: Pool, times: number): (string | undefined)[] =>
  Array.from({ length: times }, () => pool.next()).sort();

describe('a pool of replicas', () => {
  it('takes the ready ones in turn', async () => {
    const pool = await poolOf({ a: 'ready', b: 'ready', c: 'down' });
    expect(chosen(pool, 4)).toEqual(['a', 'a', 'b', 'b']);
  });

  it('takes one that is merely alive only where none is ready', async () => {
    expect(chosen(await poolOf({ a: 'alive', b: 'ready' }), 2)).toEqual(['b', 'b']);
    expect(chosen(await poolOf({ a: 'alive', b: 'down' }), 2)).toEqual(['a', 'a']);
  });

  it('has nobody to offer where all are down', async () => {
    const pool = await poolOf({ a: 'down' });
    expect([pool.next(), pool.isUp]).toEqual([undefined, false]);
  });

  it('passes a replica over that failed, until it has been asked anew', async () => {
    const pool = await poolOf({ a: 'ready', b: 'ready' });
    pool.markDown('a');
    expect(chosen(pool, 2)).toEqual(['b', 'b']);
    await pool.refresh();
    expect(chosen(pool, 2)).toEqual(['a', 'b']);
  });

  it('keeps one that is late with its answer behind the ready ones, and one that was down stays down', async () => {
    const answers: Record<string, Condition | 'late'> = { a: 'ready', b: 'down' };
    const pool = new Pool(['a', 'b'], async (origin) => answers[origin] ?? 'down');
    await pool.refresh();
    Object.assign(answers, { a: 'late', b: 'late' });
    await pool.refresh();
    expect(chosen(pool, 2)).toEqual(['a', 'a']);
    Object.assign(answers, { b: 'ready' });
    await pool.refresh();
    expect(chosen(pool, 2)).toEqual(['b', 'b']);
  });
});
