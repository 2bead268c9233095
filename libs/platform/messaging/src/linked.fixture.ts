import { eventually, type NatsCluster, type RunningNatsServer, type ServerFixture } from '@claw/testing';
import { connectNats, type NatsLink, natsReady } from './connection/nats-link';
import type { BucketDefinition, StreamDefinition } from './topology/definitions';
import { ensureTopology } from './topology/ensure-topology';

/** One server, or a cluster. */
export type NatsFixture = ServerFixture<RunningNatsServer> | ServerFixture<NatsCluster>;

/** How many copies a stream is to have. */
const replicasOn = ({ server }: NatsFixture): number => ('nodes' in server ? server.nodes.length : 1);

/** For tests: links to the file's server, or to any node of its cluster, that are closed after each test. */
export const withLinks = (nats: NatsFixture) => {
  const open: NatsLink[] = [];
  afterEach(async () => {
    await Promise.all(open.splice(0).map((link) => link.close(1_000)));
  });
  return {
    link: (): NatsLink => {
      const link = connectNats({ url: nats.url, name: 'test', timeoutMs: 2_000 });
      open.push(link);
      return link;
    },
    /** A link, with these streams and buckets behind it. */
    linkWith: async (
      streams: readonly StreamDefinition[],
      buckets: readonly BucketDefinition[] = [],
    ): Promise<NatsLink> => {
      const link = connectNats({ url: nats.url, name: 'test', timeoutMs: 2_000 });
      open.push(link);
      await ensureTopology(link, { streams, buckets, replicas: replicasOn(nats) });
      return link;
    },
  };
};

/** Runs `work` while the server is stopped but not dead: connections stay open and nobody answers. */
export const whileFrozen = async (
  { server }: ServerFixture<RunningNatsServer>,
  link: NatsLink,
  work: () => Promise<void>,
): Promise<void> => {
  server.process.kill('SIGSTOP');
  try {
    await eventually(() => expect(natsReady(link, 50)).rejects.toThrow());
    await work();
  } finally {
    server.process.kill('SIGCONT');
  }
};
