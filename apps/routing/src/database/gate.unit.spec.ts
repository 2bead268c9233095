import { Gate } from './gate';

const held = () => {
  let release: () => void = () => undefined;
  const done = new Promise<void>((resolve) => (release = resolve));
  return { done, release };
};

describe('a gate', () => {
  it('never lets more through at once than it is wide', async () => {
    const gate = new Gate(3);
    let running = 0;
    let most = 0;
    await Promise.all(
      Array.from({ length: 50 }, () =>
        gate.run(async () => {
          running += 1;
          most = Math.max(most, running);
          await new Promise((resolve) => setImmediate(resolve));
          running -= 1;
        }),
      ),
    );
    expect(most).toBe(3);
    expect(gate.idle).toBe(true);
  });

  it('lets those who wait in, in the order they came', async () => {
    const gate = new Gate(1);
    const first = held();
    const order: number[] = [];
    const all = [
      gate.run(() => first.done),
      gate.run(async () => void order.push(1)),
      gate.run(async () => void order.push(2)),
    ];
    first.release();
    await Promise.all(all);
    expect(order).toEqual([1, 2]);
  });

  it('makes room again after work that failed', async () => {
    const gate = new Gate(1);
    await expect(gate.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await expect(gate.run(() => Promise.resolve('yes'))).resolves.toBe('yes');
  });
});
