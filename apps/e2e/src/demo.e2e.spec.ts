import { claw } from './support/claw';

describe('./claw demo', () => {
  it('shows the product in under a minute, every step true', async () => {
    const startedAt = performance.now();
    const { code, stdout, stderr } = await claw(['demo'], 90_000);
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
    expect(performance.now() - startedAt).toBeLessThan(60_000);
    for (const shown of ['409', '4001', 'message_limit_reached']) expect(stdout).toContain(shown);
  }, 100_000);
});
