import { Unavailable } from '@claw/kernel';
import { eventually, withNats } from '@claw/testing';
import { numberIn, upTo, withConsumers } from './consumer.fixture';
import { deadLetterHeaders } from './dead-letter';
import { done, invalid, retry } from './outcome';

describe('a consumer', () => {
  const { setUp } = withConsumers(withNats());

  it('handles every message once and acknowledges it', async () => {
    const { publish, start, unacknowledged } = await setUp();
    await Promise.all(upTo(200).map((n) => publish('a', n)));
    const handled: number[] = [];
    start({
      handle: async (message) => {
        handled.push(numberIn(message));
        return done();
      },
    });
    await eventually(async () => expect(await unacknowledged()).toBe(0));
    expect(handled.sort((one, other) => one - other)).toEqual(upTo(200));
  });

  it('gets only what its filter lets through', async () => {
    const { stream, publish, start, unacknowledged } = await setUp();
    await publish('a.x', 1);
    await publish('b.x', 2);
    const handled: string[] = [];
    start({
      filterSubject: `${stream}.a.>`,
      handle: async (message) => {
        handled.push(message.subject);
        return done();
      },
    });
    await eventually(async () => expect(await unacknowledged()).toBe(0));
    expect(handled).toEqual([`${stream}.a.x`]);
  });

  it('handles a key in order and one at a time, and keys beside each other', async () => {
    const { publish, start, unacknowledged } = await setUp();
    for (const n of upTo(120)) await publish(`key${n % 6}`, n);
    const order = new Map<string, number[]>();
    const atWork = new Set<string>();
    let most = 0;
    start({
      orderBy: (message) => message.subject,
      concurrency: 4,
      handle: async (message, { attempt }) => {
        expect(atWork.has(message.subject)).toBe(false);
        atWork.add(message.subject);
        most = Math.max(most, atWork.size);
        await new Promise(setImmediate);
        atWork.delete(message.subject);
        const n = numberIn(message);
        if (n % 10 === 0 && attempt === 1) return retry(10);
        order.set(message.subject, [...(order.get(message.subject) ?? []), n]);
        return done();
      },
    });
    await eventually(async () => expect(await unacknowledged()).toBe(0));
    for (const [index, numbers] of [...order.values()].entries()) {
      expect({ index, numbers }).toEqual({ index, numbers: [...numbers].sort((one, other) => one - other) });
      expect(numbers).toHaveLength(20);
    }
    expect(most).toBe(4);
  });

  it('holds up only the key that waits for its next try', async () => {
    const { publish, start } = await setUp();
    await publish('slow', 0);
    await publish('slow', 1);
    for (const n of upTo(50)) await publish('quick', n + 2);
    const handled: number[] = [];
    start({
      orderBy: (message) => message.subject,
      concurrency: 1,
      handle: async (message) => {
        if (numberIn(message) === 0) return retry(60_000);
        handled.push(numberIn(message));
        return done();
      },
    });
    await eventually(() => expect(handled).toHaveLength(50));
    expect(handled).not.toContain(1);
  });

  it('tries again as often as told, then keeps the message in the dead letter before its ack', async () => {
    const { stream, publish, start, unacknowledged, deadLetters } = await setUp();
    await publish('a', 7);
    const attempts: number[] = [];
    start({
      handle: async (_, { attempt }) => {
        attempts.push(attempt);
        throw new Error('out of paper');
      },
    });
    await eventually(async () => expect(await unacknowledged()).toBe(0));
    expect(attempts).toEqual([1, 2, 3]);
    const [letter, ...others] = await deadLetters();
    expect(others).toEqual([]);
    expect(letter?.json()).toEqual({ n: 7 });
    expect(letter?.header.get(deadLetterHeaders.subject)).toBe(`${stream}.a`);
    expect(letter?.header.get(deadLetterHeaders.sequence)).toBe('1');
    expect(letter?.header.get(deadLetterHeaders.reason)).toBe('out of paper');
    expect(letter?.header.get(deadLetterHeaders.attempts)).toBe('3');
  });

  it('keeps an invalid message in the dead letter without another try', async () => {
    const { publish, start, unacknowledged, deadLetters } = await setUp();
    await publish('a', 7);
    let tries = 0;
    start({
      handle: async () => {
        tries += 1;
        return invalid('no such\r\nfield');
      },
    });
    await eventually(async () => expect(await unacknowledged()).toBe(0));
    expect(tries).toBe(1);
    const [letter] = await deadLetters();
    expect(letter?.header.get(deadLetterHeaders.reason)).toBe('no such field');
  });

  it('does not acknowledge while the dead letter can not be written', async () => {
    const { dead, link, publish, start, unacknowledged, deadLetters } = await setUp();
    const manager = await link.manager();
    const { config } = await manager.streams.info(dead);
    await manager.streams.delete(dead);
    await publish('a', 7);
    let tries = 0;
    start({
      handle: async () => {
        tries += 1;
        return invalid('nonsense');
      },
    });
    await eventually(() => expect(tries).toBeGreaterThan(1));
    expect(await unacknowledged()).toBe(1);
    await manager.streams.add(config);
    await eventually(async () => expect(await unacknowledged()).toBe(0));
    expect(await deadLetters()).toHaveLength(1);
  });

  it('never gives a message up for a part that is down', async () => {
    const { publish, start, unacknowledged, deadLetters } = await setUp();
    await publish('a', 1);
    let outage = true;
    let tries = 0;
    const attempts = new Set<number>();
    start({
      maxDeliver: 1,
      backoff: () => 1,
      handle: async (_, { attempt }) => {
        tries += 1;
        attempts.add(attempt);
        if (outage) throw new Unavailable('PostgreSQL');
        return done();
      },
    });
    await eventually(() => expect(tries).toBeGreaterThan(50));
    outage = false;
    await eventually(async () => expect(await unacknowledged()).toBe(0));
    expect([...attempts]).toEqual([1]);
    expect(await deadLetters()).toEqual([]);
  });
});
