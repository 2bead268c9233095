import { connect } from 'node:net';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buckets, streams } from '@claw/contracts';
import {
  freePort,
  httpAnswers,
  type RunningNatsServer,
  type ServerProcess,
  startEventStore,
  startNatsServer,
  startPostgres,
  startServer,
  workspaceRoot,
} from '@claw/local-servers';
import { connectNats, ensureTopology, type NatsLink } from '@claw/messaging';
import { baselineStream } from './baseline-stream';

/** A process under measurement and where it listens. */
export interface Target {
  readonly pid: number;
  readonly port: number;
}

export type BaselineName =
  | 'minimal-handler'
  | 'minimal-handler-our-publisher'
  | 'socket-io-handler'
  | 'webhook-parts'
  | 'provisioning-front'
  | 'provisioning-worker';

/** The servers and processes of one figure, in a throw-away folder; nothing of them is left behind. */
export class Workbench {
  private readonly ending: (() => Promise<unknown>)[] = [];

  private constructor(
    readonly folder: string,
    readonly nats: RunningNatsServer,
    readonly link: NatsLink,
  ) {}

  /** With a NATS of its own that has the platform's streams and buckets, and the baselines' stream. */
  static async open(): Promise<Workbench> {
    const folder = await mkdtemp(join(tmpdir(), 'claw-bench-'));
    const nats = await startNatsServer({ dataDir: join(folder, 'nats') });
    const link = connectNats({ url: nats.url, name: 'bench' });
    const bench = new Workbench(folder, nats, link);
    await ensureTopology(link, {
      streams: [...Object.values(streams), baselineStream],
      buckets: Object.values(buckets),
      replicas: 1,
    });
    return bench;
  }

  /** Runs `work` at a workbench and clears up, whatever becomes of it. */
  static async use<T>(work: (bench: Workbench) => Promise<T>): Promise<T> {
    const bench = await Workbench.open();
    try {
      return await work(bench);
    } finally {
      await bench.close();
    }
  }

  /** A service as it ships, with relaxed limits. */
  async service(
    name: 'gateway' | 'routing' | 'tenancy' | 'api',
    env: Readonly<Record<string, string>> = {},
  ): Promise<Target> {
    const port = await freePort();
    return this.start(
      name,
      `dist/apps/${name}/src/main.js`,
      {
        INSTANCE: `${name}-bench`,
        HTTP_PORT: String(port),
        NATS_URL: this.nats.url,
        LIMITS: 'relaxed',
        LOG_LEVEL: 'warn',
        ...env,
      },
      port,
      () => httpAnswers(`http://127.0.0.1:${port}/health/ready`),
    );
  }

  /** One of the handlers that ours is held against. */
  async baseline(name: BaselineName, env: Readonly<Record<string, string>> = {}): Promise<Target> {
    const port = await freePort();
    return this.start(
      name,
      `dist/tools/bench/src/targets/${name}.js`,
      { HTTP_PORT: String(port), NATS_URL: this.nats.url, ...env },
      port,
      () => listens(port),
    );
  }

  /** PostgreSQL; the answer is its address. */
  async postgres(): Promise<string> {
    const server = await startPostgres({ dataDir: join(this.folder, 'postgres'), syncNewCluster: false });
    this.endWith(() => server.stop());
    return server.url;
  }

  /** The embedded event store; the answer is its address. */
  async eventStore(): Promise<string> {
    const server = await startEventStore({ dataDir: join(this.folder, 'eventstore') });
    this.endWith(() => server.kill());
    return server.url;
  }

  /** Has something ended before the servers are, the latest first. */
  endWith(end: () => Promise<unknown>): void {
    this.ending.push(end);
  }

  async close(): Promise<void> {
    for (const end of this.ending.reverse()) await end().catch(() => undefined);
    await this.link.close(1_000);
    await this.nats.kill();
    await rm(this.folder, { recursive: true, force: true });
  }

  private async start(
    name: string,
    entry: string,
    env: Readonly<Record<string, string>>,
    port: number,
    ready: () => Promise<boolean>,
  ): Promise<Target> {
    const server: ServerProcess = await startServer({
      name,
      command: process.execPath,
      args: [join(workspaceRoot(), entry)],
      env: { PATH: process.env['PATH'], NODE_ENV: 'production', ...env },
      logFile: join(this.folder, `${name}.log`),
      deadlineMs: 30_000,
      ready,
    });
    this.endWith(() => server.kill());
    return { pid: server.pid, port };
  }
}

const listens = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
