import { randomName } from '@claw/testing';
import type { NatsLink } from '../connection/nats-link';
import { type NatsFixture, withLinks } from '../linked.fixture';
import { JetStreamPublisher } from '../publish/jetstream-publisher';
import { type Consumer, consume } from './consumer';
import type { ConsumerDefinition } from './consumer-definition';

/** For tests: streams with a dead letter and consumers of them, which are stopped after each test. */
export const withConsumers = (nats: NatsFixture) => {
  const links = withLinks(nats);
  const running: Consumer[] = [];
  afterEach(async () => {
    await Promise.all(running.splice(0).map((consumer) => consumer.stop(500)));
  });

  /** A stream of its own with a dead letter, and what it takes to fill and follow it. */
  const setUp = async () => {
    const stream = randomName('stream');
    const dead = randomName('dead');
    const link = await links.linkWith([
      { name: stream, subjects: [`${stream}.>`], discard: 'new' },
      { name: dead, subjects: [`dead.${stream}`], discard: 'old' },
    ]);
    const publisher = new JetStreamPublisher(link);
    const publish = (subject: string, n: number) => publisher.publish(`${stream}.${subject}`, { n });
    const start = (
      definition: Partial<ConsumerDefinition> & Pick<ConsumerDefinition, 'handle'>,
      over: NatsLink = link,
    ): Consumer => {
      const consumer = consume(over, {
        stream,
        durable: 'worker',
        concurrency: 10,
        ackWaitMs: 1_000,
        maxDeliver: 3,
        backoff: () => 20,
        deadSubject: `dead.${stream}`,
        ...definition,
      });
      running.push(consumer);
      return consumer;
    };
    const unacknowledged = async (): Promise<number> => {
      const info = await (await link.manager()).consumers.info(stream, 'worker');
      return info.num_pending + info.num_ack_pending;
    };
    const deadLetters = async () => {
      const manager = await link.manager();
      const { state } = await manager.streams.info(dead);
      const sequences = Array.from({ length: state.messages }, (_, index) => state.first_seq + index);
      return Promise.all(sequences.map((seq) => manager.streams.getMessage(dead, { seq })));
    };
    return { stream, dead, link, publish, start, unacknowledged, deadLetters };
  };

  return { links, running, setUp };
};

export const numberIn = (message: { json(): unknown }): number => (message.json() as { n: number }).n;

export const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
