import { Unavailable } from '@claw/kernel';
import { silentLog } from '@claw/messaging';
import { eventually } from '@claw/testing';
import { Lanes, type LaneStep } from './lanes';

/** Lanes over plain queues: each piece of work is a function that says what comes of it. */
const lanesOver = (queues: Record<string, (() => Promise<LaneStep>)[]>) => {
  const stop = new AbortController();
  const lost = jest.fn(() => stop.abort());
  const lanes = new Lanes(
    {
      step: async (lane) => (await queues[lane]?.shift()?.()) ?? 'empty',
      onLost: lost,
      log: silentLog,
    },
    stop.signal,
  );
  return { lanes, stop, lost };
};
const held = () => {
  let release: () => void = () => undefined;
  const until = new Promise<void>((resolve) => (release = resolve));
  return { until, release };
};

describe('lanes', () => {
  it('work each strictly in order', async () => {
    const order: string[] = [];
    const work = (name: string) => async (): Promise<LaneStep> => {
      order.push(`${name} begins`);
      await new Promise((resolve) => setImmediate(resolve));
      order.push(`${name} ends`);
      return 'next';
    };
    const { lanes } = lanesOver({ chat: [work('a'), work('b')] });
    lanes.wake('chat');
    lanes.wake('chat');
    await lanes.ended();
    expect(order).toEqual(['a begins', 'a ends', 'b begins', 'b ends']);
    expect(lanes.size).toBe(0);
  });

  it('let one that waits hold up only itself', async () => {
    const done: string[] = [];
    const { lanes, stop } = lanesOver({
      slow: [async () => ({ waitMs: 60_000 }), async () => (done.push('slow'), 'next')],
      quick: [async () => (done.push('quick'), 'next')],
    });
    lanes.wake('slow');
    lanes.wake('quick');
    await eventually(() => expect(done).toEqual(['quick']));
    lanes.wake('slow');
    await new Promise((resolve) => setImmediate(resolve));
    expect(done).toEqual(['quick']);
    stop.abort();
    await lanes.ended();
  });

  it('look again where work came in while they were finding none', async () => {
    const looking = held();
    const done: string[] = [];
    const queue: (() => Promise<LaneStep>)[] = [
      async () => {
        await looking.until;
        return 'empty';
      },
      async () => (done.push('late'), 'next'),
    ];
    const { lanes } = lanesOver({ chat: queue });
    lanes.wake('chat');
    await new Promise((resolve) => setImmediate(resolve));
    lanes.wake('chat');
    looking.release();
    await lanes.ended();
    expect(done).toEqual(['late']);
  });

  it('try again what failed as a part was down', async () => {
    let tries = 0;
    const flaky = async (): Promise<LaneStep> => {
      tries += 1;
      if (tries < 3) throw new Unavailable('a part');
      return 'next';
    };
    const { lanes } = lanesOver({ chat: [flaky, flaky, flaky] });
    lanes.wake('chat');
    await lanes.ended();
    expect(tries).toBe(3);
  });

  it('all end once the right to work is lost', async () => {
    const never = jest.fn(async (): Promise<LaneStep> => 'next');
    const { lanes, lost } = lanesOver({ chat: [async () => 'lost', never] });
    lanes.wake('chat');
    await lanes.ended();
    lanes.wake('chat');
    expect(lost).toHaveBeenCalledTimes(1);
    expect(never).not.toHaveBeenCalled();
    expect(lanes.size).toBe(0);
  });
});
