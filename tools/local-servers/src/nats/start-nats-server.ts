import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { httpAnswers } from '../process/http-answers';
import { startServer } from '../process/start-server';
import type { ProcessOptions } from '../process/start-server';
import type { ServerProcess } from '../process/server-process';
import { withFreePorts } from '../process/with-free-ports';
import { findNatsServer } from './find-nats-server';

export interface NatsServerOptions extends ProcessOptions {
  /** Holds its configuration and, below `jetstream/`, what JetStream stores. */
  readonly dataDir: string;
  readonly port?: number | undefined;
  /** Where its monitoring pages (`/healthz`, `/jsz`, …) answer. */
  readonly monitorPort?: number | undefined;
  /** Its place among the nodes of a cluster; a server by itself where it isn't given. */
  readonly cluster?: ClusterPlace | undefined;
  /** The binary; {@link findNatsServer} finds one where it isn't given. */
  readonly binary?: string | undefined;
  /** Told when the binary has to be fetched first. */
  readonly say?: (line: string) => void;
}

/** What a node knows of its cluster. */
export interface ClusterPlace {
  /** The node's own name, which it keeps over restarts. */
  readonly node: string;
  /** Where the other nodes reach this one. */
  readonly routePort: number;
  /** Where all nodes are reached by each other, this one among them. */
  readonly routePorts: readonly number[];
}

export interface RunningNatsServer extends ServerProcess {
  /** `nats://127.0.0.1:<port>` */
  readonly url: string;
  readonly port: number;
  readonly monitorPort: number;
  /** Answers 2xx while the server and its JetStream are well; in a cluster, while the node has caught up with it. */
  readonly health: string;
}

const clusterConfig = ({ routePort, routePorts }: ClusterPlace): string => `cluster {
  name: "claw-local"
  listen: "127.0.0.1:${routePort}"
  routes: [${routePorts.map((port) => `"nats-route://127.0.0.1:${port}"`).join(', ')}]
}
`;

const config = (dataDir: string, port: number, monitorPort: number, cluster?: ClusterPlace): string =>
  `# written at every start
server_name: "${cluster?.node ?? 'claw-local'}"
host: "127.0.0.1"
port: ${port}
http: "127.0.0.1:${monitorPort}"
jetstream {
  store_dir: ${JSON.stringify(join(dataDir, 'jetstream'))}
}
${cluster === undefined ? '' : clusterConfig(cluster)}`;

/**
 * Starts a real nats-server with JetStream on 127.0.0.1, on free ports where none are given, and waits until
 * JetStream has recovered what it stores. A cluster's node is there once it takes clients: how it stands with the
 * others shows in its health. Throws ServerStartFailed with the reason in one line.
 */
export const startNatsServer = async (options: NatsServerOptions): Promise<RunningNatsServer> => {
  const { dataDir, signal, cluster } = options;
  const binary =
    options.binary ?? (await findNatsServer(options.say === undefined ? {} : { say: options.say }));
  signal?.throwIfAborted();
  await mkdir(join(dataDir, 'jetstream'), { recursive: true, mode: 0o700 });
  return withFreePorts('nats', [options.port, options.monitorPort], async (ports) => {
    const [port = 0, monitorPort = 0] = ports;
    const configFile = join(dataDir, 'nats-server.conf');
    await writeFile(configFile, config(dataDir, port, monitorPort, cluster));
    const health = `http://127.0.0.1:${monitorPort}/healthz`;
    const server = await startServer({
      ...options,
      name: cluster?.node ?? 'nats',
      command: binary,
      args: ['--config', configFile],
      logFile: options.logFile ?? join(dataDir, 'nats-server.log'),
      ready: () => httpAnswers(cluster === undefined ? health : `${health}?js-enabled=true`),
    });
    return { ...server, url: `nats://127.0.0.1:${port}`, port, monitorPort, health };
  });
};
