import { eventually } from './eventually';

describe('eventually', () => {
  it('answers what the check returns once it passes', async () => {
    let tries = 0;
    const check = () => {
      tries += 1;
      if (tries < 3) throw new Error('not yet');
      return tries;
    };
    expect(await eventually(check, { everyMs: 1 })).toBe(3);
  });

  it('throws what the check threw last once the time is over', async () => {
    const never = () => Promise.reject(new Error('still not'));
    await expect(eventually(never, { withinMs: 30, everyMs: 1 })).rejects.toThrow('still not');
  });
});
