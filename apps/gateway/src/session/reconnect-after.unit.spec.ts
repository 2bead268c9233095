import { reconnectAfterMs } from './reconnect-after';

describe('when to come back', () => {
  it('is soon for a few, spread for many, and never later than 10.5 seconds', () => {
    expect(reconnectAfterMs(1, 0.999)).toBeLessThan(600);
    expect(reconnectAfterMs(2_000, 0)).toBe(500);
    expect(reconnectAfterMs(2_000, 0.5)).toBe(2_500);
    expect(reconnectAfterMs(1_000_000, 1)).toBe(10_500);
  });
});
