import { eventually, randomName, withNatsCluster } from '@claw/testing';
import { KvBucket } from '../buckets/kv-bucket';
import { WrongLastSequence } from '../connection/faults';
import type { NatsLink } from '../connection/nats-link';
import { LeaseManager } from '../leases/lease-manager';
import { withLinks } from '../linked.fixture';
import { JetStreamPublisher } from '../publish/jetstream-publisher';
import { ensureTopology } from '../topology/ensure-topology';
import { numberSchema, publishLog } from './workloads.fixture';

const rounds = 20;

// Seen red where no revision is claimed by its message id: up to seven of eight get in, each over the one before.
describe('of many at once on a cluster', () => {
  const links = withLinks(withNatsCluster());

  /** Each may be at another node. */
  const rivalsOf = async (count: number): Promise<readonly NatsLink[]> => {
    const rivals = Array.from({ length: count }, () => links.link());
    await Promise.all(rivals.map((link) => link.up(5_000)));
    return rivals;
  };

  /** What the one who got in was answered; everybody else was told that another was first. */
  const winnerOf = async (attempts: readonly Promise<number>[]): Promise<number> => {
    const outcomes = await Promise.allSettled(attempts);
    const won = outcomes.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
    const lost = outcomes.flatMap((each) => (each.status === 'rejected' ? [each.reason as unknown] : []));
    expect(lost.filter((reason) => !(reason instanceof WrongLastSequence))).toEqual([]);
    expect(won).toHaveLength(1);
    return won[0] ?? 0;
  };

  it('one gets its message in behind the last of a subject', async () => {
    const name = randomName('stream');
    const link = await links.linkWith([{ name, subjects: [`${name}.>`], discard: 'new' }]);
    const rivals = (await rivalsOf(8)).map((each) => new JetStreamPublisher(each));
    let last = (await new JetStreamPublisher(link).publish(`${name}.a`, {})).seq;
    for (let round = 0; round < rounds; round += 1) {
      const options = { expectLastSubjectSequence: last };
      last = await winnerOf(rivals.map(async (rival) => (await rival.publish(`${name}.a`, {}, options)).seq));
    }
  });

  it('one creates a key, updates its revision, removes it, and creates it again', async () => {
    const name = randomName('bucket');
    await links.linkWith([], [{ name }]);
    const rivals = (await rivalsOf(8)).map((each) => new KvBucket(each, name, numberSchema));
    for (let round = 0; round < rounds; round += 1) {
      const created = await winnerOf(rivals.map((rival) => rival.create('a', { n: 1 })));
      const updated = await winnerOf(rivals.map((rival) => rival.update('a', { n: 2 }, created)));
      await winnerOf(rivals.map((rival) => rival.delete('a', updated).then(() => updated)));
    }
  });

  it('the newest revision of a value stays, in whatever order they write', async () => {
    const name = randomName('bucket');
    const revised = numberSchema.transform(({ n }) => ({ n, revision: n }));
    await links.linkWith([], [{ name }]);
    const rivals = (await rivalsOf(4)).map((each) => new KvBucket(each, name, revised));
    const revisions = Array.from({ length: 40 }, (_, index) => (index * 7) % 40);
    await Promise.all(
      revisions.map((n, index) => rivals[index % rivals.length]?.putNewer('a', { n, revision: n })),
    );
    expect((await rivals[0]?.get('a'))?.value.n).toBe(39);
  });

  it('one has a lease, and whoever takes it over has a higher epoch than all before', async () => {
    const bucket = randomName('leases');
    await links.linkWith([], [{ name: bucket, ttlMs: 5_000 }]);
    const rivals = (await rivalsOf(8)).map((each) => new LeaseManager(each, { bucket, ttlMs: 5_000 }));
    const asked = await Promise.all(rivals.map((rival, index) => rival.acquire('shift', `owner-${index}`)));
    const [first] = asked.filter((lease) => lease !== undefined);
    expect(asked.filter((lease) => lease !== undefined)).toHaveLength(1);
    const taken = await Promise.all(
      rivals.map((rival, index) => rival.acquire('shift', `owner-${index}`, { takeOver: true })),
    );
    const epochs = taken.map((lease) => lease?.epoch ?? 0);
    expect(new Set([first?.epoch, ...epochs]).size).toBe(rivals.length + 1);
    expect((await rivals[0]?.holder('shift'))?.epoch).toBe(Math.max(...epochs));
    await Promise.all([first, ...taken].map((lease) => lease?.release()));
  });

  it('one publishes each entry of a log, in order', async () => {
    const stream = randomName('events');
    const look = await links.linkWith([{ name: stream, subjects: [`${stream}.>`], discard: 'new' }]);
    const stop = new AbortController();
    const log: number[] = [];
    const publishing = (await rivalsOf(3)).map((link, index) =>
      publishLog({ name: `log-${index}`, link, tell: () => undefined, signal: stop.signal }, stream, log),
    );
    const manager = await look.manager();
    const stored = async () => (await manager.streams.info(stream)).state.last_seq;
    await eventually(async () => expect(await stored()).toBeGreaterThan(200), { withinMs: 20_000 });
    stop.abort();
    await Promise.all(publishing);
    const sequences = Array.from({ length: await stored() }, (_, index) => index + 1);
    const messages = await Promise.all(sequences.map((seq) => manager.streams.getMessage(stream, { seq })));
    expect(messages.map((message) => message.json<{ n: number }>().n)).toEqual(log.slice(0, messages.length));
  });

  it('all find the streams made, with three copies', async () => {
    const streams = Array.from({ length: 5 }, () => randomName('stream'));
    const topology = {
      streams: streams.map((name) => ({ name, subjects: [`${name}.>`], discard: 'new' as const })),
      buckets: [{ name: randomName('bucket') }],
      replicas: 3,
    };
    const rivals = await rivalsOf(8);
    const ensured = await Promise.all(rivals.map((link) => ensureTopology(link, topology)));
    expect(new Set(ensured)).toEqual(new Set([true]));
    const manager = await links
      .link()
      .connection()
      .then((connection) => connection.jetstreamManager());
    for (const name of streams) expect((await manager.streams.info(name)).config.num_replicas).toBe(3);
  });
});
