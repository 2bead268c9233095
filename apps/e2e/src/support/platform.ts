import { mkdtemp, rm } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually, freePortRange } from '@claw/testing';
import { clawOk, readRunFile, type RunFile } from './claw';
import { Rest } from './rest';

/** A whole platform of this test's own, on ports and data of its own. */
export class Platform {
  private constructor(
    readonly dataDir: string,
    private readonly options: readonly string[],
  ) {}

  /** Starts it as a person would; resolves when everything is ready. */
  static async start(...options: readonly string[]): Promise<Platform> {
    const platform = new Platform(await mkdtemp(join(tmpdir(), 'claw-e2e-')), options);
    await platform.up();
    return platform;
  }

  /** Wherever a platform runs already. */
  static at(dataDir: string): Platform {
    return new Platform(dataDir, []);
  }

  async up(): Promise<void> {
    const port = String(await freePortRange(portSpan));
    await clawOk(['up', '--detach', '--data', this.dataDir, '--port-base', port, ...this.options]);
  }

  async down(): Promise<void> {
    await clawOk(['down', '--data', this.dataDir]);
  }

  async dispose(): Promise<void> {
    await this.down();
    await rm(this.dataDir, { recursive: true, force: true });
  }

  /** As of now: a process that was replaced has another pid. */
  run(): Promise<RunFile> {
    return readRunFile(this.dataDir);
  }

  /** The HTTP side with the operator's token. */
  async operator(): Promise<Rest> {
    const { api, operator_token } = await this.run();
    return new Rest(api, operator_token);
  }

  async pid(name: string, replica = 1): Promise<number> {
    const { services } = await this.run();
    const service = services.find((each) => each.name === name && each.replica === replica);
    if (service === undefined) throw new Error(`no ${name} ${replica} in run.json`);
    return service.pid;
  }

  /** Ends a process at once (SIGKILL), as a crash would. */
  async crash(name: string, replica = 1): Promise<number> {
    const pid = await this.pid(name, replica);
    process.kill(pid, 'SIGKILL');
    return pid;
  }

  /**
   * Keeps services down, killing whatever the launcher starts in their place, until the answer is called: that waits
   * until all are ready again.
   */
  async keepDown(names: readonly string[]): Promise<() => Promise<void>> {
    const over = new AbortController();
    const killing = (async () => {
      while (!over.signal.aborted) {
        const { services } = await this.run();
        for (const { pid } of services.filter(({ name }) => names.includes(name))) killIfThere(pid);
        await pause(50, undefined, { signal: over.signal }).catch(() => undefined);
      }
    })();
    await eventually(async () => {
      const { services } = await this.run();
      const alive = services.filter(({ name, pid }) => names.includes(name) && isAlive(pid));
      if (alive.length > 0) throw new Error(`still there: ${alive.map(({ name }) => name).join(', ')}`);
    });
    return async () => {
      over.abort();
      await killing;
      for (const name of names) await this.ready(name);
    };
  }

  /** Waits until the launcher has put another process in the place of `pid`, and it says that it is ready. */
  async replaced(name: string, pid: number, replica = 1): Promise<void> {
    await eventually(
      async () => {
        if ((await this.pid(name, replica)) === pid) throw new Error(`${name} was not restarted yet`);
      },
      { withinMs: 30_000 },
    );
    await this.ready(name, replica);
  }

  /** Waits until a service says that it is ready. */
  async ready(name: string, replica = 1): Promise<void> {
    await eventually(
      async () => {
        const { services } = await this.run();
        const service = services.find((each) => each.name === name && each.replica === replica);
        if (service === undefined) throw new Error(`${name} is not there`);
        if (!service.health.startsWith('http')) return;
        const { status } = await fetch(service.health, { signal: AbortSignal.timeout(2_000) });
        if (status !== 200) throw new Error(`${name} is not ready: ${status}`);
      },
      { withinMs: 60_000 },
    );
  }
}

/** How many ports a platform takes, from its base on. */
const portSpan = 60;

const killIfThere = (pid: number): void => {
  if (isAlive(pid)) process.kill(pid, 'SIGKILL');
};

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};
