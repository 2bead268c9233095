import type { ChildProcess } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { httpAnswers } from '../process/http-answers';
import { ServerStartFailed } from '../process/server-start-failed';
import { startNatsServer } from './start-nats-server';
import type { NatsServerOptions, RunningNatsServer } from './start-nats-server';

export interface NatsNodeOptions extends Pick<NatsServerOptions, 'dataDir' | 'binary' | 'signal'> {
  readonly name: string;
  readonly port: number;
  readonly monitorPort: number;
  readonly routePort: number;
  readonly routePorts: readonly number[];
}

const pollMs = 50;

/** One node of a cluster: a process that can be ended, and started again on the same ports and data, by itself. */
export class NatsNode {
  readonly name: string;
  readonly url: string;
  readonly monitorUrl: string;
  private running: RunningNatsServer | undefined;

  constructor(private readonly options: NatsNodeOptions) {
    this.name = options.name;
    this.url = `nats://127.0.0.1:${options.port}`;
    this.monitorUrl = `http://127.0.0.1:${options.monitorPort}`;
  }

  get isUp(): boolean {
    return this.running !== undefined;
  }

  /** Its process; throws while it is down. */
  get process(): ChildProcess {
    if (this.running === undefined) throw new Error(`${this.name} is down`);
    return this.running.process;
  }

  /** Resolves once it takes clients; it may have to catch up with the others yet. */
  async start(): Promise<void> {
    const { name, routePort, routePorts, ...options } = this.options;
    this.running ??= await startNatsServer({ ...options, cluster: { node: name, routePort, routePorts } });
  }

  /** Resolves once it has caught up with everything that it keeps a copy of. */
  async caughtUp(deadlineMs = 20_000): Promise<void> {
    const deadline = performance.now() + deadlineMs;
    while (!(await httpAnswers(`${this.monitorUrl}/healthz`).catch(() => false))) {
      if (performance.now() > deadline)
        throw new ServerStartFailed(this.name, `did not catch up within ${deadlineMs / 1000} s`);
      await delay(pollMs);
    }
  }

  /** Ends it in order: it hands its leaderships over first. */
  async stop(): Promise<void> {
    const { running } = this;
    this.running = undefined;
    await running?.stop();
  }

  /** Ends it at once, as a crash would (SIGKILL): the others notice by its silence. */
  async kill(): Promise<void> {
    const { running } = this;
    this.running = undefined;
    await running?.kill();
  }
}
