import { connect } from 'node:net';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buckets, streams } from '@claw/contracts';
import {
  freePort,
  httpAnswers,
  type RunningNatsServer,
  startEventStore,
  startNatsServer,
  startPostgres,
  startServer,
  workspaceRoot,
} from '@claw/local-servers';
import { connectNats, ensureTopology, type NatsLink } from '@claw/messaging';
import { baselineStream } from './baseline-stream';
import { Ending } from './ending';

/** A process under measurement and where it listens. */
export interface Target {
  readonly pid: number;
  readonly port: number;
  /** Ends it before the others. */
  kill(): Promise<void>;
}

export type BaselineName =
  | 'minimal-handler'
  | 'minimal-handler-our-publisher'
  | 'socket-io-handler'
  | 'webhook-parts'
  | 'provisioning-front'
  | 'provisioning-worker'
  | 'idle-agents'
  | 'route-watch'
  | 'route-look-ups'
  | 'log-reader';

const usualDeadlineMs = 30_000;

/** The servers and processes of one figure, in a throw-away folder; nothing of them is left behind. */
export class Workbench {
  private constructor(
    readonly folder: string,
    readonly nats: RunningNatsServer,
    readonly link: NatsLink,
    private readonly ending: Ending,
  ) {}

  /** Runs `work` at a workbench and clears up, whatever becomes of it. */
  static use<T>(work: (bench: Workbench) => Promise<T>): Promise<T> {
    return Ending.of(async (ending) => work(await Workbench.open(ending)));
  }

  /** With a NATS of its own that has the platform's streams and buckets, and the baselines' stream. */
  private static async open(ending: Ending): Promise<Workbench> {
    const { signal } = ending;
    const folder = await mkdtemp(join(tmpdir(), 'claw-bench-'));
    ending.add(() => rm(folder, { recursive: true, force: true }));
    const nats = await ending.owns(startNatsServer({ dataDir: join(folder, 'nats'), signal }), (server) =>
      server.kill(),
    );
    const link = connectNats({ url: nats.url, name: 'bench' });
    ending.add(() => link.close(1_000));
    await ensureTopology(link, {
      streams: [...Object.values(streams), baselineStream],
      buckets: Object.values(buckets),
      replicas: 1,
    });
    return new Workbench(folder, nats, link, ending);
  }

  /** A service as it ships, with relaxed limits. */
  async service(
    name: 'gateway' | 'routing' | 'tenancy' | 'api',
    env: Readonly<Record<string, string>> = {},
    deadlineMs = usualDeadlineMs,
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
      deadlineMs,
    );
  }

  /** One of the handlers that ours is held against, or of the processes that put load on it. */
  async baseline(
    name: BaselineName,
    env: Readonly<Record<string, string>> = {},
    deadlineMs = usualDeadlineMs,
  ): Promise<Target> {
    const port = await freePort();
    return this.start(
      name,
      `dist/tools/bench/src/targets/${name}.js`,
      { HTTP_PORT: String(port), NATS_URL: this.nats.url, ...env },
      port,
      () => listens(port),
      deadlineMs,
    );
  }

  /** PostgreSQL; the answer is its address. */
  async postgres(): Promise<string> {
    const { signal } = this.ending;
    const starting = startPostgres({ dataDir: join(this.folder, 'postgres'), syncNewCluster: false, signal });
    return (await this.ending.owns(starting, (server) => server.stop())).url;
  }

  /** The embedded event store; the answer is its address. */
  async eventStore(): Promise<string> {
    const { signal } = this.ending;
    const starting = startEventStore({ dataDir: join(this.folder, 'eventstore'), signal });
    return (await this.ending.owns(starting, (server) => server.kill())).url;
  }

  private async start(
    name: string,
    entry: string,
    env: Readonly<Record<string, string>>,
    port: number,
    ready: () => Promise<boolean>,
    deadlineMs: number,
  ): Promise<Target> {
    const starting = startServer({
      name,
      command: process.execPath,
      args: [join(workspaceRoot(), entry)],
      env: { PATH: process.env['PATH'], NODE_ENV: 'production', ...env },
      logFile: join(this.folder, `${name}.log`),
      deadlineMs,
      ready,
      signal: this.ending.signal,
    });
    const { pid, kill } = await this.ending.owns(starting, (server) => server.kill());
    return { pid, port, kill };
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
