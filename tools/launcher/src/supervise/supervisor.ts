import { setTimeout as delay } from 'node:timers/promises';
import { Failure } from '../failure';
import { isHealthy } from './is-healthy';
import { Supervised } from './supervised';
import { label } from './unit';
import type { Unit } from './unit';

export interface SupervisedProcess {
  readonly name: string;
  readonly replica: number;
  readonly pid: number;
  readonly health: string;
  readonly stopSignal: 'SIGTERM' | 'SIGINT';
}

export interface SupervisorOptions {
  readonly say: (line: string) => void;
  /** Told, one call after the other, whenever a process was replaced. */
  readonly onChange: (processes: readonly SupervisedProcess[]) => Promise<void>;
}

const pollMs = 100;

/** Keeps a set of units running together. */
export class Supervisor {
  private readonly supervised: readonly Supervised[];
  private notified: Promise<void> = Promise.resolve();
  private stopping = false;

  constructor(
    units: readonly Unit[],
    private readonly options: SupervisorOptions,
  ) {
    const events = { say: options.say, onChange: () => this.changed() };
    this.supervised = units.map((unit) => new Supervised(unit, events));
  }

  get processes(): readonly SupervisedProcess[] {
    return this.supervised.flatMap(({ unit, pid }) => {
      const { name, replica, health, stopSignal = 'SIGTERM' } = unit;
      return pid === undefined ? [] : [{ name, replica, pid, health, stopSignal }];
    });
  }

  /**
   * Starts all units at once and waits until every one is ready, at most `deadlineMs`. Where one can't be
   * started or isn't ready in time, all are stopped again and the cause is thrown.
   */
  async start(deadlineMs: number): Promise<void> {
    try {
      await Promise.all(this.supervised.map((unit) => unit.start()));
      await this.untilReady(Date.now() + deadlineMs, deadlineMs);
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /** Stops all units, the ones that lean on others first; with `byForce` at once. Nothing is left running. */
  async stop(byForce = false): Promise<void> {
    this.stopping = true;
    const layers = [...new Set(this.supervised.map(({ unit }) => unit.layer))].sort((a, b) => b - a);
    for (const layer of layers) {
      const units = this.supervised.filter(({ unit }) => unit.layer === layer);
      await Promise.allSettled(units.map((unit) => unit.stop(byForce)));
    }
    await this.notified;
  }

  /** Tells what runs now, and resolves once that has been taken note of. */
  async recorded(): Promise<void> {
    this.changed();
    await this.notified;
  }

  private async untilReady(deadline: number, deadlineMs: number): Promise<void> {
    let waiting = this.supervised;
    while (waiting.length > 0) {
      const healthy = await Promise.all(waiting.map(({ unit }) => isHealthy(unit.health)));
      waiting = waiting.filter((_, index) => healthy[index] !== true);
      if (waiting.length === 0) return;
      if (this.stopping) throw new Failure('stopped before everything was ready');
      if (Date.now() > deadline) {
        const names = waiting.map(({ unit }) => label(unit)).join(', ');
        throw new Failure(`${names} not ready within ${deadlineMs / 1000} s (./claw logs shows why)`);
      }
      await delay(pollMs);
    }
  }

  /** One notice after the other, each with what is true by then, so that the last one written is the newest. */
  private changed(): void {
    this.notified = this.notified
      .then(() => this.options.onChange(this.processes))
      .catch((error: unknown) => this.options.say(`could not record what runs: ${String(error)}`));
  }
}
