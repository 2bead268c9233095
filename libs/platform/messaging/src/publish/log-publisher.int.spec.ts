import { eventually, randomName, withNats } from '@claw/testing';
import { withLinks } from '../linked.fixture';
import type { NatsLink } from '../connection/nats-link';
import { JetStreamPublisher } from './jetstream-publisher';
import { type LogEntry, LogPublisher, logPositionHeader } from './log-publisher';

describe('LogPublisher', () => {
  const nats = withNats();
  const links = withLinks(nats);

  const setUp = async () => {
    const stream = randomName('events');
    const link = await links.linkWith([{ name: stream, subjects: [`${stream}.>`], discard: 'new' }]);
    const log: number[] = [];
    const asked: (string | undefined)[] = [];
    /** A log of numbers, followed from a position on until aborted. */
    const source = async function* (
      position: string | undefined,
      signal: AbortSignal,
    ): AsyncGenerator<LogEntry> {
      asked.push(position);
      // Ids of its own: nothing but the expected sequence keeps a second publisher out.
      const run = randomName('run');
      let next = position === undefined ? 0 : Number(position) + 1;
      while (!signal.aborted) {
        if (next >= log.length) await new Promise((resolve) => setTimeout(resolve, 5));
        else {
          const payload = { n: log[next] };
          yield { position: String(next), subject: `${stream}.happened`, payload, msgId: `${run}-${next}` };
          next += 1;
        }
      }
    };
    const publisherOver = (over: NatsLink) => new LogPublisher(over, { stream, source });
    const published = async (): Promise<unknown[]> => {
      const manager = await link.manager();
      const { state } = await manager.streams.info(stream);
      const sequences = Array.from({ length: state.last_seq }, (_, index) => index + 1);
      const messages = sequences.map((seq) => manager.streams.getMessage(stream, { seq }));
      return (await Promise.all(messages)).map((message) => message.json<{ n: number }>().n);
    };
    const append = (count: number) => {
      for (let n = 0; n < count; n += 1) log.push(log.length);
    };
    return { stream, link, log, asked, publisherOver, published, append };
  };

  it('publishes the log in order, each entry with its position, and follows it', async () => {
    const { stream, link, log, publisherOver, published, append } = await setUp();
    append(20);
    const end = new AbortController();
    const running = publisherOver(link).run(end.signal);
    await eventually(async () => expect(await published()).toEqual(log));
    append(5);
    await eventually(async () => expect(await published()).toEqual(log));
    const last = await (await link.manager()).streams.getMessage(stream, { seq: 25 });
    expect(last.header.get(logPositionHeader)).toBe('24');
    end.abort();
    await running;
  });

  it('resumes behind the last message in its stream', async () => {
    const { link, log, asked, publisherOver, published, append } = await setUp();
    append(10);
    const first = new AbortController();
    const running = publisherOver(link).run(first.signal);
    await eventually(async () => expect(await published()).toEqual(log));
    first.abort();
    await running;
    append(3);
    const second = new AbortController();
    const resumed = publisherOver(link).run(second.signal);
    await eventually(async () => expect(await published()).toEqual(log));
    second.abort();
    await resumed;
    expect(asked).toEqual([undefined, '9']);
  });

  it('loses and doubles nothing though two publish at once and the server crashes', async () => {
    const { link, log, publisherOver, published, append } = await setUp();
    append(200);
    const end = new AbortController();
    const other = links.link();
    await other.connection();
    const running = [link, other].map((over) => publisherOver(over).run(end.signal));
    await eventually(async () => expect((await published()).length).toBeGreaterThan(20));
    await nats.crash();
    await nats.up();
    append(50);
    await eventually(async () => expect(await published()).toEqual(log), { withinMs: 20_000 });
    end.abort();
    await Promise.all(running);
    expect(await published()).toEqual(log);
  });

  it('publishes nothing behind a message that is from no log', async () => {
    const { stream, link, publisherOver, published, append } = await setUp();
    await new JetStreamPublisher(link).publish(`${stream}.stray`, { n: -1 });
    append(3);
    const end = new AbortController();
    const running = publisherOver(link).run(end.signal);
    const until = performance.now() + 300;
    await eventually(() => expect(performance.now()).toBeGreaterThan(until));
    end.abort();
    await running;
    expect(await published()).toEqual([-1]);
  });
});
