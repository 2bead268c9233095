import { eventually, randomName, withNats } from '@claw/testing';
import { JetStreamPublisher } from '../publish/jetstream-publisher';
import { consume } from './consumer';
import { numberIn, upTo, withConsumers } from './consumer.fixture';
import { done, retry } from './outcome';

describe('a consumer on a bad day', () => {
  const nats = withNats();
  const { links, running, setUp } = withConsumers(nats);

  it('keeps a message that takes longer than the ack wait, and handles it once', async () => {
    const { publish, start, unacknowledged } = await setUp();
    await publish('a', 1);
    let tries = 0;
    let finish: () => void = () => undefined;
    const finished = new Promise<void>((resolve) => (finish = resolve));
    const handle = async () => {
      tries += 1;
      await finished;
      return done();
    };
    start({ handle });
    start({ handle }, links.link());
    const since = performance.now();
    await eventually(() => expect(performance.now() - since).toBeGreaterThan(2_500));
    finish();
    await eventually(async () => expect(await unacknowledged()).toBe(0));
    expect(tries).toBe(1);
  });

  it('ignores a message that is delivered again while it is in hand', async () => {
    const { stream, link, publish, start, unacknowledged } = await setUp();
    await publish('a', 1);
    let tries = 0;
    let finish: () => void = () => undefined;
    const finished = new Promise<void>((resolve) => (finish = resolve));
    start({
      handle: async () => {
        tries += 1;
        await finished;
        return done();
      },
    });
    await eventually(() => expect(tries).toBe(1));
    // As if the server had heard that the message is wanted back.
    link.now().connection.publish(`$JS.ACK.${stream}.worker.1.1.1.${Date.now()}000000.0`, '-NAK');
    await eventually(async () => {
      const info = await (await link.manager()).consumers.info(stream, 'worker');
      expect(info.num_redelivered).toBe(1);
      expect(info.delivered.consumer_seq).toBe(2);
    });
    await link.now().connection.flush();
    finish();
    await eventually(async () => expect(await unacknowledged()).toBe(0));
    expect(tries).toBe(1);
  });

  it('goes on through a crash of the server without losing a message', async () => {
    const { publish, start, unacknowledged } = await setUp();
    const handled = new Map<number, number>();
    let atOnce = 0;
    const atWork = new Set<number>();
    start({
      ackWaitMs: 1_000,
      handle: async (message) => {
        const n = numberIn(message);
        if (atWork.has(n)) atOnce += 1;
        atWork.add(n);
        await new Promise((resolve) => setTimeout(resolve, 20));
        atWork.delete(n);
        handled.set(n, (handled.get(n) ?? 0) + 1);
        return done();
      },
    });
    for (const n of upTo(300)) await publish('a', n);
    await eventually(() => expect(handled.size).toBeGreaterThan(20));
    await nats.crash();
    await nats.up();
    await eventually(() => expect(handled.size).toBe(300), { withinMs: 15_000 });
    await eventually(async () => expect(await unacknowledged()).toBe(0), { withinMs: 10_000 });
    await publish('a', 300).catch(() => publish('a', 300));
    await eventually(() => expect(handled.has(300)).toBe(true));
    expect(atOnce).toBe(0);
  });

  it('keeps the order of a key when a process dies with messages in hand', async () => {
    const { publish, start, link } = await setUp();
    for (const n of upTo(30)) await publish('a', n);
    const dyingLink = links.link();
    await dyingLink.connection();
    const dying = start(
      { orderBy: () => 'a', handle: () => new Promise(() => undefined), maxInHand: 10 },
      dyingLink,
    );
    await eventually(() => expect(dying.inHand).toBe(10));
    // From one moment to the next it says nothing any more.
    await dyingLink.now().connection.close();
    await link.connection();
    const handled: number[] = [];
    start({
      orderBy: () => 'a',
      handle: async (message) => {
        handled.push(numberIn(message));
        return done();
      },
    });
    await eventually(() => expect(handled).toHaveLength(30), { withinMs: 10_000 });
    expect(handled).toEqual(upTo(30));
  });

  it('starts before its stream is there', async () => {
    const link = links.link();
    const stream = randomName('stream');
    const handled: number[] = [];
    const consumer = consume(link, {
      stream,
      durable: 'early',
      concurrency: 1,
      ackWaitMs: 1_000,
      maxDeliver: 1,
      deadSubject: 'dead.x',
      handle: async (message) => {
        handled.push(numberIn(message));
        return done();
      },
    });
    running.push(consumer);
    await link.connection();
    const other = await links.linkWith([{ name: stream, subjects: [`${stream}.>`], discard: 'new' }]);
    await new JetStreamPublisher(other).publish(`${stream}.a`, { n: 1 });
    await consumer.started;
    await eventually(() => expect(handled).toEqual([1]));
  });

  it('fails its start where the server calls its definition wrong', async () => {
    const { start } = await setUp();
    const consumer = start({ filterSubject: 'elsewhere.>', handle: async () => done() });
    await expect(consumer.started).rejects.toThrow(/filter subject/);
  });

  it('refuses a definition that is wrong in itself', async () => {
    const { start } = await setUp();
    expect(() => start({ durable: 'not a name', handle: async () => done() })).toThrow(/is no name/);
  });

  it('makes its durable again when somebody deletes it', async () => {
    const { stream, link, publish, start } = await setUp();
    const handled: number[] = [];
    const consumer = start({
      handle: async (message) => {
        handled.push(numberIn(message));
        return done();
      },
    });
    await consumer.started;
    await (await link.manager()).consumers.delete(stream, 'worker');
    await publish('a', 1);
    await eventually(() => expect(handled).toEqual([1]), { withinMs: 10_000 });
  });

  it('finishes what is begun when stopped, and hands the rest to the others at once', async () => {
    const { publish, start, unacknowledged } = await setUp();
    for (const n of upTo(5)) await publish('a', n);
    let finish: () => void = () => undefined;
    const finished = new Promise<void>((resolve) => (finish = resolve));
    const first: number[] = [];
    const stopping = start({
      concurrency: 1,
      ackWaitMs: 30_000,
      handle: async (message) => {
        first.push(numberIn(message));
        await finished;
        return done();
      },
    });
    await eventually(() => expect(stopping.inHand).toBe(5));
    const stopped = stopping.stop();
    const second: number[] = [];
    start({
      ackWaitMs: 30_000,
      handle: async (message) => {
        second.push(numberIn(message));
        return done();
      },
    });
    await eventually(() => expect(second.sort()).toEqual([1, 2, 3, 4]));
    finish();
    await stopped;
    expect(await unacknowledged()).toBe(0);
    expect(first).toEqual([0]);
  });

  it('aborts what is begun when its stop can wait no longer', async () => {
    const { publish, start } = await setUp();
    await publish('a', 1);
    let aborted = false;
    const consumer = start({
      handle: (_, { signal }) =>
        new Promise((resolve) =>
          signal.addEventListener('abort', () => {
            aborted = true;
            resolve(retry());
          }),
        ),
    });
    await eventually(() => expect(consumer.inHand).toBe(1));
    await consumer.stop(50);
    expect(aborted).toBe(true);
  });

  it('keeps a message in the dead letter that was delivered too often without an outcome', async () => {
    const { publish, start, unacknowledged, deadLetters } = await setUp();
    await publish('a', 1);
    const dying = start({
      handle: () => new Promise(() => undefined),
    });
    await eventually(() => expect(dying.inHand).toBe(1));
    await dying.stop(10);
    let handled = false;
    start({
      maxUnanswered: 1,
      handle: async () => {
        handled = true;
        return done();
      },
    });
    await eventually(async () => expect(await unacknowledged()).toBe(0));
    expect(handled).toBe(false);
    expect(await deadLetters()).toHaveLength(1);
  });
});
