import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ServerStartFailed } from '../process/server-start-failed';
import { withFreePorts } from '../process/with-free-ports';
import { findNatsServer } from './find-nats-server';
import { NatsNode } from './nats-node';
import type { NatsServerOptions } from './start-nats-server';

export interface NatsClusterOptions extends Pick<NatsServerOptions, 'binary' | 'signal' | 'say'> {
  /** Holds a folder for each node. */
  readonly dataDir: string;
  /** Those of a cluster that ran before on the same data; free ones where none are given. */
  readonly ports?: readonly number[] | undefined;
}

const names = ['nats-1', 'nats-2', 'nats-3'] as const;
const readyWithinMs = 30_000;
const pollMs = 50;

/** Three nodes that keep three copies of each stream: two of them are enough to go on. */
export class NatsCluster {
  /** The addresses of all nodes, split by commas. */
  readonly url: string;

  constructor(
    readonly nodes: readonly NatsNode[],
    readonly ports: readonly number[],
  ) {
    this.url = nodes.map((node) => node.url).join(',');
  }

  /** The node of that name, as the server tells who leads. */
  node(name: string): NatsNode {
    const found = this.nodes.find((node) => node.name === name);
    if (found === undefined) throw new Error(`no node is called ${name}`);
    return found;
  }

  /**
   * Starts what is down. Resolves once a meta leader has all nodes with it, so that streams with three copies can be
   * made, and every node has caught up with what it keeps a copy of.
   */
  async mend(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.start()));
    await this.ready();
    await Promise.all(this.nodes.map((node) => node.caughtUp()));
  }

  /** Ends all nodes in order. */
  async stop(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.stop()));
  }

  /** Ends all nodes at once, as a power cut would. */
  async kill(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.kill()));
  }

  private async ready(): Promise<void> {
    const deadline = performance.now() + readyWithinMs;
    while (!(await this.isReady())) {
      if (performance.now() > deadline)
        throw new ServerStartFailed('nats cluster', `has no meta leader within ${readyWithinMs / 1000} s`);
      await delay(pollMs);
    }
  }

  private async isReady(): Promise<boolean> {
    const metas = await Promise.all(this.nodes.map(metaGroupAt));
    const leader = metas[0]?.leader;
    const followers = metas.find((meta) => meta?.replicas !== undefined)?.replicas ?? [];
    return (
      leader !== undefined &&
      metas.every((meta) => meta?.leader === leader) &&
      followers.length === this.nodes.length - 1 &&
      followers.every(({ current, offline }) => current && offline !== true)
    );
  }
}

/** What a node tells of the group that decides where streams are kept; only its leader tells of the replicas. */
interface MetaGroup {
  readonly leader?: string;
  readonly replicas?: readonly { readonly current: boolean; readonly offline?: boolean }[];
}

const metaGroupAt = async ({ monitorUrl }: NatsNode): Promise<MetaGroup | undefined> => {
  try {
    const answer = await fetch(`${monitorUrl}/jsz`, { signal: AbortSignal.timeout(1_000) });
    return ((await answer.json()) as { meta_cluster?: MetaGroup }).meta_cluster;
  } catch {
    return undefined;
  }
};

/**
 * Starts a cluster of three real nats-servers on 127.0.0.1, and waits until streams with three copies can be made and
 * those there are have been recovered. Throws ServerStartFailed with the reason in one line, and leaves nothing running then.
 */
export const startNatsCluster = async (options: NatsClusterOptions): Promise<NatsCluster> => {
  const { dataDir, say, signal } = options;
  const binary = options.binary ?? (await findNatsServer(say === undefined ? {} : { say }));
  const asked = options.ports ?? new Array<undefined>(names.length * 3).fill(undefined);
  return withFreePorts('nats cluster', asked, async (ports) => {
    const routePorts = ports.filter((_, index) => index % 3 === 2);
    const nodes = names.map((name, index) => {
      const [port = 0, monitorPort = 0, routePort = 0] = ports.slice(index * 3);
      const own = { name, port, monitorPort, routePort, dataDir: join(dataDir, name) };
      return new NatsNode({ ...own, routePorts, binary, signal });
    });
    const cluster = new NatsCluster(nodes, ports);
    try {
      await cluster.mend();
      return cluster;
    } catch (error) {
      await cluster.kill();
      throw error;
    }
  });
};
