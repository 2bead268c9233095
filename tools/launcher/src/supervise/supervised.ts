import { setTimeout as delay } from 'node:timers/promises';
import { backoffMs } from '@claw/kernel';
import type { ServerProcess } from '@claw/local-servers';
import { oneLine } from '../failure';
import { label } from './unit';
import type { Unit } from './unit';

export interface SupervisedEvents {
  /** The unit's process was replaced, or has gone. */
  readonly onChange: () => void;
  readonly say: (line: string) => void;
}

const firstPauseMs = 200;
const longestPauseMs = 10_000;
/** A process that ran this long has recovered: what ends it next is a new matter. */
const steadyMs = 30_000;

/** Keeps one unit running: starts it, and starts it again, ever less eagerly, each time it ends. */
export class Supervised {
  private current: ServerProcess | undefined;
  private currentPid: number | undefined;
  private readonly ending = new AbortController();
  private kept: Promise<void> = Promise.resolve();

  constructor(
    readonly unit: Unit,
    private readonly events: SupervisedEvents,
  ) {}

  /** The process's id, from the moment it exists; nothing while there is none. */
  get pid(): number | undefined {
    return this.currentPid;
  }

  /** The first start. Rejects where it fails, as with a port in use; once it has gone well the unit is kept running. */
  start(): Promise<void> {
    const first = this.launch();
    this.kept = first.then(
      () => this.keep(),
      () => undefined,
    );
    return first;
  }

  /** Ends the unit in order, or at once by force, and doesn't start it again. */
  async stop(byForce = false): Promise<void> {
    this.ending.abort();
    await this.end(byForce);
    await this.kept;
    // A start that was under way may have gone through in the same moment.
    await this.end(byForce);
    this.currentPid = undefined;
  }

  private async end(byForce: boolean): Promise<void> {
    if (byForce) await this.current?.kill();
    else await this.current?.stop(this.unit.stopGraceMs);
  }

  private async launch(): Promise<void> {
    try {
      this.current = await this.unit.start({
        signal: this.ending.signal,
        onSpawn: (pid) => this.becomes(pid),
      });
      this.becomes(this.current.pid);
    } catch (error) {
      this.becomes(undefined);
      throw error;
    }
  }

  private becomes(pid: number | undefined): void {
    if (pid === this.currentPid) return;
    this.currentPid = pid;
    this.events.onChange();
  }

  private async keep(): Promise<void> {
    for (let failures = 1; !this.ending.signal.aborted; failures += 1) {
      const began = Date.now();
      if (this.current !== undefined) {
        const { code, signal } = await this.current.exited;
        if (this.ending.signal.aborted) return;
        this.current = undefined;
        this.becomes(undefined);
        if (Date.now() - began > steadyMs) failures = 1;
        this.events.say(`${label(this.unit)} ended (${signal ?? `exit code ${code}`}): starting it again`);
      }
      const pause = backoffMs(failures, firstPauseMs, longestPauseMs);
      await delay(pause, undefined, { signal: this.ending.signal }).catch(() => undefined);
      if (this.ending.signal.aborted) return;
      await this.launch().then(
        () => this.events.say(`${label(this.unit)} is back`),
        (error: unknown) => this.events.say(`${label(this.unit)} did not start: ${oneLine(error)}`),
      );
    }
  }
}
