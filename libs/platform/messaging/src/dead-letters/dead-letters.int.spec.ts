import { streams } from '@claw/contracts';
import { registry } from '@claw/observability';
import { eventually, withNats } from '@claw/testing';
import { numberIn } from '../consume/consumer.fixture';
import { done, invalid, retry } from '../consume/outcome';
import { replayDurable } from '../consume/replays';
import { logPositionHeader, LogPublisher } from '../publish/log-publisher';
import { picky, withLetters } from './dead-letters.fixture';

const nats = withNats();
const setUp = withLetters(nats);

describe('a dead letter', () => {
  it('is listed with who gave up on what, when and why', async () => {
    const { stream, start, publish, theLetter } = await setUp();
    await publish(1);
    await publish(7);
    const before = Date.now();
    start('worker', async (message) => {
      if (numberIn(message) === 7) throw new Error('out of paper');
      return done();
    });
    const letter = await theLetter();
    expect(letter).toEqual({
      id: expect.any(Number),
      at: expect.any(String),
      stream,
      consumer: 'worker',
      subject: `${stream}.made`,
      sequence: 2,
      attempts: 2,
      reason: 'out of paper',
      bytes: 7,
    });
    expect(Math.abs(Date.parse(letter.at) - before)).toBeLessThan(10_000);
  });

  it('is counted by consumer and stream', async () => {
    const { stream, start, publish, here, settled } = await setUp();
    for (const n of [7, 1, 7]) await publish(n);
    start('worker', picky(7).handle);
    await eventually(async () => expect(await here()).toHaveLength(2));
    await settled('worker');
    expect(await registry.getSingleMetricAsString('claw_dead_letters_total')).toContain(
      `claw_dead_letters_total{stream="${stream}",consumer="worker"} 2`,
    );
  });

  it('is opened with its headers and its message', async () => {
    const { letters, start, publish, theLetter } = await setUp();
    await publish(7);
    start('worker', picky(7).handle);
    const { id } = await theLetter();
    const letter = await letters.open(id);
    expect(letter).toMatchObject({ id, attempts: 1, headers: { 'X-Chat': 'chat of 7' } });
    expect(Buffer.from(letter?.data ?? []).toString()).toBe('{"n":7}');
    expect(await letters.open(id + 1_000)).toBeUndefined();
  });

  it('is gone for good once dropped', async () => {
    const { letters, start, publish, theLetter, here, settled } = await setUp();
    await publish(7);
    const handler = picky(7);
    start('worker', handler.handle);
    const letter = await theLetter();
    expect(await letters.drop(letter.id)).toMatchObject({ ...letter });
    expect(await here()).toEqual([]);
    expect(await letters.drop(letter.id)).toBeUndefined();
    expect(await letters.replay(letter.id)).toBe('no letter');
    await settled('worker');
    expect(handler.numbers()).toEqual([7]);
  });
});

describe('a dead letter that is replayed', () => {
  it('is handled once by the consumer that gave up on it, as it was, and by nobody else', async () => {
    const { stream, link, letters, start, publish, theLetter, here, settled } = await setUp();
    for (const n of [1, 7, 3]) await publish(n);
    const [giver, other] = [picky(7), picky(0)];
    start('giver', giver.handle);
    start('other', other.handle);
    const { id } = await theLetter();
    giver.mended = true;
    expect(await letters.replay(id)).toBe('replayed');
    await eventually(() => expect(giver.seen).toHaveLength(4));
    await Promise.all([settled('giver'), settled('other')]);

    expect(giver.numbers().sort()).toEqual([1, 3, 7, 7]);
    const [first, again] = giver.seen.filter((message) => numberIn(message) === 7);
    expect(again?.subject).toBe(`${stream}.made`);
    expect([again?.sequence, again?.storedAt]).toEqual([first?.sequence, first?.storedAt]);
    expect(again?.headers?.keys()).toEqual(['X-Chat']);
    expect(again?.header('X-Chat')).toBe('chat of 7');
    expect(other.numbers().sort()).toEqual([1, 3, 7]);
    expect(await here()).toEqual([]);
    expect((await (await link.manager()).streams.info(stream)).state.last_seq).toBe(3);
  });

  it('waits for its consumer while that is down', async () => {
    const { letters, start, publish, theLetter, settled } = await setUp();
    await publish(7);
    const handler = picky(7);
    const down = start('worker', handler.handle);
    const { id } = await theLetter();
    await settled('worker');
    await down.stop(500);
    expect(await letters.replay(id)).toBe('replayed');
    handler.mended = true;
    start('worker', handler.handle);
    await settled('worker');
    expect(handler.numbers()).toEqual([7, 7]);
  });

  it('is another letter when it fails again, however soon', async () => {
    const { stream, letters, start, publish, theLetter } = await setUp();
    await publish(7);
    const handler = picky(7);
    start('worker', handler.handle);
    let letter = await theLetter();
    for (let round = 0; round < 3; round += 1) {
      const { id: before } = letter;
      expect(await letters.replay(before)).toBe('replayed');
      letter = await eventually(async () => {
        const next = await theLetter();
        expect(next.id).toBeGreaterThan(before);
        return next;
      });
      const { consumer, subject, sequence, reason } = letter;
      expect({ consumer, subject, sequence, reason }).toEqual({
        consumer: 'worker',
        subject: `${stream}.made`,
        sequence: 1,
        reason: 'not to be understood',
      });
    }
    handler.mended = true;
    expect(await letters.replay(letter.id)).toBe('replayed');
    await eventually(() => expect(handler.seen).toHaveLength(5));
  });

  it('is not put back a second time by a replay that died before it erased the letter', async () => {
    const { link, letters, start, publish, theLetter, here, settled } = await setUp();
    await publish(7);
    const handler = picky(7);
    start('worker', handler.handle);
    const { id } = await theLetter();
    handler.mended = true;
    const { streams: api } = await link.manager();
    const dying = jest.spyOn(Object.getPrototypeOf(api) as typeof api, 'deleteMessage');
    dying.mockRejectedValueOnce(new Error('killed'));
    await expect(letters.replay(id)).rejects.toThrow('killed');
    await eventually(() => expect(handler.seen).toHaveLength(2));
    expect(await here()).toHaveLength(1);

    expect(await letters.replay(id)).toBe('replayed');
    expect(await here()).toEqual([]);
    await settled('worker');
    expect(handler.numbers()).toEqual([7, 7]);
  });

  it('is tried on while a part is down, and lost by no crash of the server', async () => {
    const { letters, start, publish, theLetter, settled, here } = await setUp();
    await publish(7);
    let mended = false;
    let tries = 0;
    start('worker', async () => {
      tries += 1;
      return mended ? (tries > 4 ? done() : retry(50, { counts: false })) : invalid('nonsense');
    });
    const { id } = await theLetter();
    mended = true;
    await letters.replay(id);
    await nats.crash();
    await nats.up();
    await eventually(() => expect(tries).toBeGreaterThan(4), { withinMs: 15_000 });
    await settled('worker');
    expect(await here()).toEqual([]);
  });

  it('stays where nobody takes anything back under the name of its consumer', async () => {
    const { stopAll, stream, link, letters, start, publish, theLetter, here } = await setUp();
    await publish(7);
    await start('retired', picky(7).handle).started;
    const letter = await theLetter();
    await stopAll();
    const manager = await link.manager();
    await manager.consumers.delete(streams.replay.name, replayDurable(stream, 'retired'));
    expect(await letters.replay(letter.id)).toBe('no consumer');
    expect(await here()).toEqual([letter]);
  });

  it('leaves the tail of a log’s stream to its publisher', async () => {
    const { stream, link, letters, start, theLetter, settled } = await setUp();
    const log = [1, 7, 3];
    const asked: (string | undefined)[] = [];
    const stop = new AbortController();
    const publishing = () =>
      new LogPublisher(link, {
        stream,
        source: async function* (position, signal) {
          asked.push(position);
          for (let next = Number(position ?? -1) + 1; !signal.aborted;) {
            const n = log[next];
            if (n === undefined) await new Promise((resolve) => setTimeout(resolve, 5));
            else
              yield { position: String(next), subject: `${stream}.made`, payload: { n }, msgId: `${next++}` };
          }
        },
      }).run(stop.signal);
    const first = publishing();
    const handler = picky(7);
    start('worker', handler.handle);
    const { id } = await theLetter();
    handler.mended = true;
    expect(await letters.replay(id)).toBe('replayed');
    await eventually(() => expect(handler.seen).toHaveLength(4));
    expect(handler.seen[3]?.header(logPositionHeader)).toBe('1');

    const second = publishing();
    log.push(4);
    await eventually(() => expect(handler.seen).toHaveLength(5));
    await settled('worker');
    stop.abort();
    await Promise.all([first, second]);
    expect(asked.slice(0, 2)).toEqual([undefined, '2']);
    expect(handler.numbers().sort()).toEqual([1, 3, 4, 7, 7]);
  });
});
