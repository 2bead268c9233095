import type { ChildProcess } from 'node:child_process';
import { eventually, type ServerFixture } from '@claw/testing';
import { connectNats, type NatsLink, natsReady } from './connection/nats-link';
import type { BucketDefinition, StreamDefinition } from './topology/definitions';
import { ensureTopology } from './topology/ensure-topology';

export interface Addressed {
  readonly url: string;
  readonly port: number;
  stop(): Promise<void>;
  kill(): Promise<void>;
}

/** For tests: links to the file's server that are closed after each test. */
export const withLinks = (server: ServerFixture<Addressed>) => {
  const open: NatsLink[] = [];
  afterEach(async () => {
    await Promise.all(open.splice(0).map((link) => link.close(1_000)));
  });
  return {
    link: (): NatsLink => {
      const link = connectNats({ url: server.url, name: 'test', timeoutMs: 2_000 });
      open.push(link);
      return link;
    },
    /** A link, with these streams and buckets behind it. */
    linkWith: async (
      streams: readonly StreamDefinition[],
      buckets: readonly BucketDefinition[] = [],
    ): Promise<NatsLink> => {
      const link = connectNats({ url: server.url, name: 'test', timeoutMs: 2_000 });
      open.push(link);
      await ensureTopology(link, { streams, buckets, replicas: 1 });
      return link;
    },
  };
};

/** Runs `work` while the server is stopped but not dead: connections stay open and nobody answers. */
export const whileFrozen = async (
  server: ServerFixture<Addressed & { readonly process: ChildProcess }>,
  link: NatsLink,
  work: () => Promise<void>,
): Promise<void> => {
  server.server.process.kill('SIGSTOP');
  try {
    await eventually(() => expect(natsReady(link, 50)).rejects.toThrow());
    await work();
  } finally {
    server.server.process.kill('SIGCONT');
  }
};
