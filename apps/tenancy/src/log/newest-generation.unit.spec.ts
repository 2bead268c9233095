import fc from 'fast-check';
import { newestGeneration } from './newest-generation';

const lookAmong = (count: number) => {
  const looks: number[] = [];
  const look = async (generation: number) => {
    looks.push(generation);
    return generation <= count ? `life ${generation}` : undefined;
  };
  return { look, looks };
};

describe('the newest generation of a name', () => {
  it('is found, however many there are, with few looks', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 100_000 }), async (count) => {
        const { look, looks } = lookAmong(count);
        const newest = await newestGeneration({ generation: 1, state: 'life 1' }, look);
        expect(newest).toEqual({ generation: count, state: `life ${count}` });
        expect(looks.length).toBeLessThanOrEqual(2 * Math.ceil(Math.log2(count + 1)) + 1);
      }),
    );
  });
});
