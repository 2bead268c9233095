import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { eventually, freePort } from '@claw/testing';

const running = new Set<GatewayProcess>();

/** Those that a failed test left. */
afterAll(async () => {
  await Promise.all([...running].map((process) => process.kill()));
});

/** A gateway in a process of its own, as it ships: the build has to be there. */
export class GatewayProcess {
  private constructor(
    private readonly child: ChildProcess,
    readonly socket: string,
  ) {}

  static async start(natsUrl: string): Promise<GatewayProcess> {
    const port = await freePort();
    const root = resolve(__dirname, '../../../..');
    const child = spawn(process.execPath, [join(root, 'dist/apps/gateway/src/main.js')], {
      env: {
        PATH: process.env['PATH'],
        INSTANCE: 'gateway-victim',
        HTTP_PORT: String(port),
        NATS_URL: natsUrl,
        LIMITS: 'relaxed',
        LOG_LEVEL: 'warn',
      },
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    const started = new GatewayProcess(child, `ws://127.0.0.1:${port}/ws`);
    running.add(started);
    await eventually(
      async () => {
        const { status } = await fetch(`http://127.0.0.1:${port}/health/ready`);
        if (status !== 200) throw new Error(`not ready: ${status}`);
      },
      { withinMs: 20_000, everyMs: 50 },
    );
    return started;
  }

  /** Ends it as a crash would. */
  kill(): Promise<unknown> {
    return this.end('SIGKILL');
  }

  /** Tells it to stop; answers its exit code. */
  async stop(): Promise<number | null> {
    await this.end('SIGTERM');
    return this.child.exitCode;
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exited = once(this.child, 'exit');
    this.child.kill(signal);
    await exited;
  }
}
