import { streams, subjects } from '@claw/contracts';
import { Unavailable } from '@claw/kernel';
import { connectNats, ensureTopology, type NatsLink } from '@claw/messaging';
import { eventually, type NatsNode, withNatsCluster } from '@claw/testing';
import { readOutbound } from './outbound-reader';

const partitions = Array.from({ length: 9 }, (_, partition) => partition);
const noticedWithinMs = 10_000;

describe('a reader of OUTBOUND that a cluster keeps on one node', () => {
  const cluster = withNatsCluster();
  const stop = new AbortController();
  let nats: NatsLink;
  beforeAll(async () => {
    nats = connectNats({ url: cluster.server.nodes[0]?.url ?? '', name: 'test' });
    await ensureTopology(nats, { streams: [streams.outbound], buckets: [], replicas: 3 });
  }, 60_000);
  afterAll(async () => {
    stop.abort();
    await nats.close(1_000);
  });

  /** Which node keeps the reader of each partition. */
  const keepers = async (): Promise<ReadonlyMap<number, NatsNode>> => {
    const found = new Map<number, NatsNode>();
    for await (const { config, cluster: group } of (await nats.manager()).consumers.list('OUTBOUND')) {
      const partition = partitions.find((each) => subjects.outboundPartition(each) === config.filter_subject);
      if (partition !== undefined) found.set(partition, cluster.server.node(group?.leader ?? ''));
    }
    expect(found.size).toBe(partitions.length);
    return found;
  };

  // Seen red without the beats: the client itself looks after half a minute.
  it('breaks off soon after that node has died, and only then', async () => {
    const ended = new Map<number, unknown>();
    for (const partition of partitions) {
      const reading = readOutbound(nats, { partition, after: 0, signal: stop.signal }).next();
      void reading.catch((error: unknown) => ended.set(partition, error));
    }
    const kept = await eventually(keepers, { withinMs: 10_000 });
    const [, ...others] = cluster.server.nodes;
    const doomed = others.find((node) => [...kept.values()].includes(node));
    await doomed?.kill();
    const lost = partitions.filter((partition) => kept.get(partition) === doomed);
    expect(lost).not.toEqual([]);
    await eventually(() => expect([...ended.keys()].sort((a, b) => a - b)).toEqual(lost), {
      withinMs: noticedWithinMs,
    });
    for (const error of ended.values()) expect(error).toBeInstanceOf(Unavailable);
  }, 60_000);
});
