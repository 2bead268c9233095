import { Batches } from './batches';

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('batches', () => {
  it('give out at once what is there, and together what came meanwhile', async () => {
    const batches = new Batches<number>(10);
    const first = batches.next();
    await batches.add(1);
    expect(await first).toEqual([1]);
    await batches.add(2);
    await batches.add(3);
    expect(await batches.next()).toEqual([2, 3]);
  });

  it('keep whoever adds waiting once a batch is full', async () => {
    const batches = new Batches<number>(2);
    await batches.add(1);
    let added = false;
    void batches.add(2).then(() => (added = true));
    await settled();
    expect(added).toBe(false);
    expect(await batches.next()).toEqual([1, 2]);
    await settled();
    expect(added).toBe(true);
  });

  it('give out what is left at the end, and let everybody go', async () => {
    const batches = new Batches<number>(1);
    const adding = batches.add(1);
    batches.end();
    expect(await adding).toBe(false);
    expect(await batches.next()).toEqual([1]);
    expect(await batches.next()).toBeUndefined();
    expect(await batches.add(2)).toBe(false);
  });
});
