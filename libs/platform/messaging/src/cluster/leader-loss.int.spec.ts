import { eventually, type NatsNode, randomName, withNatsCluster } from '@claw/testing';
import { KvBucket } from '../buckets/kv-bucket';
import { KvReplica } from '../buckets/kv-replica';
import { connectNats, type NatsLink } from '../connection/nats-link';
import type { Consumer } from '../consume/consumer';
import { ensureTopology } from '../topology/ensure-topology';
import { type Led, withLeaders } from './leaders.fixture';
import { Progress } from './progress.fixture';
import {
  type Answer,
  countUp,
  handleNumbers,
  numberSchema,
  publishLog,
  publishNumbers,
  Shift,
  type Worker,
} from './workloads.fixture';

/** As in production: shorter than an election may take. */
const leaseTtlMs = 5_000;
/** How soon after the last new leader everything is to go on; the server itself takes 4 to 9 s to elect one. */
const healedWithinMs = 3_000;
const mostReplicas = 20;

type Replica = KvReplica<{ n: number }, number>;

describe('when the node that leads everything is killed', () => {
  const cluster = withNatsCluster();
  const leaders = withLeaders(cluster);
  const [stream, events, bucket, leases] = ['stream', 'events', 'bucket', 'leases'].map(randomName) as [
    string,
    string,
    string,
    string,
  ];
  const stop = new AbortController();
  const progress = new Progress();
  const links: NatsLink[] = [];
  const work: Promise<void>[] = [];
  const consumers: Consumer[] = [];
  const replicas: Replica[] = [];
  const answers = new Map<number, Answer>();
  const handled = new Map<string, number[]>();
  const shift = new Shift();
  const counted = new Map<string, number>();
  const log: number[] = [];
  let look: NatsLink;

  const linkTo = async (node: NatsNode): Promise<NatsLink> => {
    const link = connectNats({ url: node.url, name: 'test' });
    links.push(link);
    await link.up(5_000);
    return link;
  };

  const begin = (where: string, link: NatsLink): void => {
    const worker = (part: string): Worker => {
      const name = `${part}-${where}`;
      return { name, link, tell: () => progress.mark(name), signal: stop.signal };
    };
    const mine: number[] = [];
    handled.set(where, mine);
    let published = 0;
    const nextNumber = () => (published += 1) * 2 + (where === 'near' ? 0 : 1);
    consumers.push(handleNumbers(worker('consumer'), stream, mine));
    work.push(
      publishNumbers(worker('publisher'), `${stream}.x`, nextNumber, answers),
      shift.work(
        { ...worker('lease'), tell: () => progress.mark('lease') },
        { bucket: leases, ttlMs: leaseTtlMs },
      ),
      countUp(worker('bucket'), bucket, where, counted),
    );
    if (where === 'far') work.push(publishLog(worker('log'), events, log));
  };

  /** A watch is kept by one node alone: copies are added until one is fed by the node that will be killed. */
  const replicate = async (via: readonly NatsLink[], doomed: NatsNode): Promise<void> => {
    for (let index = 0; index < mostReplicas; index += 1) {
      const link = via[index % via.length] ?? look;
      const replica: Replica = new KvReplica(link, { bucket, schema: numberSchema, map: (_, { n }) => n });
      replica.onChange(() => progress.mark(`replica-${index}`));
      replicas.push(replica);
      await replica.ready;
      const feeding: (string | undefined)[] = [];
      const watches = (await look.manager()).consumers.list(`KV_${bucket}`);
      for await (const watch of watches) feeding.push(watch.cluster?.leader);
      if (index > 0 && feeding.includes(doomed.name)) return;
    }
  };

  /** The numbers in a stream, in order. */
  const numbersIn = async (name: string): Promise<number[]> => {
    const manager = await look.manager();
    const { state } = await manager.streams.info(name);
    const sequences = Array.from({ length: state.last_seq }, (_, index) => index + 1);
    const messages = await Promise.all(sequences.map((seq) => manager.streams.getMessage(name, { seq })));
    return messages.map((message) => message.json<{ n: number }>().n);
  };

  const publishedUpTo = async (): Promise<number> =>
    (await (await look.manager()).streams.info(events)).state.last_seq;

  beforeAll(async () => {
    const [anyNode] = cluster.server.nodes;
    look = await linkTo(anyNode as NatsNode);
    await ensureTopology(look, {
      streams: [stream, events].map((name) => ({ name, subjects: [`${name}.>`], discard: 'new' as const })),
      buckets: [{ name: bucket }, { name: leases, ttlMs: leaseTtlMs }],
      replicas: 3,
    });
    const doomed = await leaders.leaderOf(look, { stream });
    const safe = cluster.server.nodes.find((node) => node !== doomed) as NatsNode;
    const [near, far] = [await linkTo(safe), await linkTo(doomed)];
    begin('near', near);
    begin('far', far);
    await replicate([near, far], doomed);
    await Promise.all(consumers.map((consumer) => consumer.started));
    const led: readonly Led[] = [
      { stream },
      { stream: events },
      { stream: `KV_${bucket}` },
      { stream: `KV_${leases}` },
      { stream, consumer: 'consumer-near' },
      { stream, consumer: 'consumer-far' },
    ];
    for (const each of led) await leaders.moveTo(look, doomed, each);
    const before = log.length;
    await eventually(() => expect(log.length).toBeGreaterThan(before + 50));

    await doomed.kill();
    await Promise.all(led.map((each) => leaders.leaderOf(look, each)));
    progress.watch();
    const waiting = () => progress.parts.filter((part) => progress.wentOnAfterMs(part) === undefined);
    await eventually(() => expect(waiting()).toEqual([]), { withinMs: 20_000 });
    await eventually(async () => expect(log.length - (await publishedUpTo())).toBeLessThan(20), {
      withinMs: 20_000,
    });
    stop.abort();
    await Promise.all(work);
  }, 120_000);

  afterAll(async () => {
    await Promise.all(consumers.map((consumer) => consumer.stop(500)));
    await Promise.all(replicas.map((replica) => replica.stop()));
    await Promise.all(links.map((link) => link.close(1_000)));
  }, 30_000);

  it('has in the stream what it acknowledged, once, and nothing that it refused', async () => {
    const sequence = await numbersIn(stream);
    const stored = new Set(sequence);
    expect(stored.size).toBe(sequence.length);
    const numbersOf = (answer: Answer) =>
      [...answers].filter(([, each]) => each === answer).map(([number]) => number);
    const refused = numbersOf('refused');
    expect(numbersOf('stored').filter((number) => !stored.has(number))).toEqual([]);
    expect(refused.filter((number) => stored.has(number))).toEqual([]);
    expect(refused).not.toEqual([]);
  });

  it('hands each message to its consumer, once', async () => {
    const stored = (await numbersIn(stream)).sort((one, other) => one - other);
    for (const numbers of handled.values()) {
      await eventually(() => expect([...numbers].sort((one, other) => one - other)).toEqual(stored), {
        withinMs: 10_000,
      });
    }
  });

  it('never has two at work under one lease, and every new holder has a higher epoch', () => {
    expect(shift.most).toBe(1);
    expect(shift.epochs).not.toEqual([]);
    expect(shift.epochs).toEqual([...new Set(shift.epochs)].sort((one, other) => one - other));
  });

  it('has in the bucket, and in every copy of it, what was acknowledged', async () => {
    const kv = new KvBucket(look, bucket, numberSchema);
    for (const [key, acknowledged] of counted) {
      const value = (await kv.get(key))?.value.n ?? 0;
      expect(value).toBeGreaterThanOrEqual(acknowledged);
      await eventually(() =>
        expect(replicas.map((replica) => replica.get(key))).toEqual(replicas.map(() => value)),
      );
    }
    expect(counted.size).toBe(2);
  });

  it('has the log in its stream, each entry once and in order', async () => {
    const published = await numbersIn(events);
    expect(published).toEqual(log.slice(0, published.length));
  });

  it('goes on with everything soon after there are new leaders', () => {
    expect(progress.parts).toEqual(
      expect.arrayContaining([
        'bucket-far',
        'consumer-near',
        'lease',
        'log-far',
        'publisher-far',
        'replica-0',
      ]),
    );
    const late = progress.parts.filter((part) => (progress.wentOnAfterMs(part) ?? Infinity) > healedWithinMs);
    expect(late).toEqual([]);
  });
});
