import { streams, subjects } from '@claw/contracts';
import { eventually, randomName } from '@claw/testing';
import { type Consumer, consume } from '../consume/consumer';
import type { ConsumerDefinition } from '../consume/consumer-definition';
import { numberIn } from '../consume/consumer.fixture';
import { done, invalid } from '../consume/outcome';
import type { ReceivedMessage } from '../consume/received-message';
import { replayDurable } from '../consume/replays';
import { type NatsFixture, withLinks } from '../linked.fixture';
import { JetStreamPublisher } from '../publish/jetstream-publisher';
import { DeadLetters } from './dead-letters';

/** For tests: streams whose consumers write letters and take them back; what runs is stopped after each test. */
export const withLetters = (nats: NatsFixture) => {
  const links = withLinks(nats);
  const running: Consumer[] = [];
  const stopAll = async () => {
    await Promise.all(running.splice(0).map((consumer) => consumer.stop(500)));
  };
  afterEach(stopAll);

  /** A stream of its own beside the platform's DEAD and REPLAY. */
  const setUp = async () => {
    const stream = randomName('stream');
    const link = await links.linkWith([
      { name: stream, subjects: [`${stream}.>`], discard: 'new' },
      streams.dead,
      streams.replay,
    ]);
    const publisher = new JetStreamPublisher(link);
    const letters = new DeadLetters(link);
    const here = async () => (await letters.list()).filter((letter) => letter.stream === stream);
    const start = (
      durable: string,
      handle: ConsumerDefinition['handle'],
      change: Partial<ConsumerDefinition> = {},
    ): Consumer => {
      const consumer = consume(link, {
        stream,
        durable,
        concurrency: 4,
        ackWaitMs: 1_000,
        maxDeliver: 2,
        backoff: () => 10,
        deadSubject: subjects.dead(stream),
        handle,
        ...change,
      });
      running.push(consumer);
      return consumer;
    };
    const unsettled = async (source: string, durable: string): Promise<number> => {
      const info = await (await link.manager()).consumers.info(source, durable);
      return info.num_pending + info.num_ack_pending;
    };
    /** Resolves when a consumer has dealt with all of its stream and with all that was put back for it. */
    const settled = (durable: string) =>
      eventually(async () => {
        expect(await unsettled(stream, durable)).toBe(0);
        expect(await unsettled(streams.replay.name, replayDurable(stream, durable))).toBe(0);
      });
    const theLetter = () =>
      eventually(async () => {
        const [letter, ...others] = await here();
        expect(others).toEqual([]);
        if (letter === undefined) throw new Error('there is no letter yet');
        return letter;
      });
    const publish = (n: number) =>
      publisher.publish(`${stream}.made`, { n }, { headers: { 'X-Chat': `chat of ${n}` } });
    return { stopAll, stream, link, letters, here, start, settled, theLetter, publish };
  };

  return setUp;
};

/** A handler that notes what it gets, and refuses one number until it is mended. */
export const picky = (refused: number) => {
  const seen: ReceivedMessage[] = [];
  const handler = { mended: false, seen, numbers: () => seen.map(numberIn), handle };
  async function handle(message: ReceivedMessage) {
    seen.push(message);
    return numberIn(message) === refused && !handler.mended ? invalid('not to be understood') : done();
  }
  return handler;
};
