import { type ChildProcess, spawn } from 'node:child_process';
import { join, resolve } from 'node:path';
import { eventually } from '@claw/testing';

const dist = resolve(__dirname, '../../../../dist');
const startDeadlineMs = 40_000;

/** A process of the built workspace, for a test that needs one it can kill. */
export class Child {
  private constructor(private readonly process: ChildProcess) {}

  /** Resolves once `ready` answers 200. The workspace has to have been built. */
  static async start(entry: string, env: Readonly<Record<string, string>>, ready: string): Promise<Child> {
    const output: string[] = [];
    const spawned = spawn(process.execPath, [join(dist, entry)], {
      env: { PATH: process.env['PATH'] ?? '', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [spawned.stdout, spawned.stderr]) {
      stream.on('data', (chunk: Buffer) => output.splice(0, Math.max(0, output.push(String(chunk)) - 50)));
    }
    const child = new Child(spawned);
    try {
      await eventually(
        async () => {
          if (spawned.exitCode !== null) return;
          const { status } = await fetch(ready, { signal: AbortSignal.timeout(1_000) });
          if (status !== 200) throw new Error(`${entry} answers ${status}`);
        },
        { withinMs: startDeadlineMs, everyMs: 50 },
      );
      if (spawned.exitCode !== null) throw new Error(`it ended with ${spawned.exitCode}`);
    } catch (error) {
      await child.end('SIGKILL');
      throw new Error(`${entry} did not start:\n${output.join('')}`, { cause: error });
    }
    return child;
  }

  /** Resolves with the exit code once it is gone; null where a signal ended it. */
  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return this.process.exitCode;
    return new Promise((gone) => {
      this.process.once('exit', gone);
      this.process.kill(signal);
    });
  }
}
