import { backoffMs } from '@claw/kernel';
import { type Log, reasonOf } from '@claw/messaging';
import { pause } from './pause';

/** What to do after a look at a lane: go on at once, wait, stop as there is nothing left, or end everything. */
export type LaneStep = 'next' | 'empty' | 'lost' | { readonly waitMs: number };

export interface LaneWork {
  /** Does the next piece of work of a lane; `looks` counts the looks in a row that ended in a wait. */
  readonly step: (lane: string, looks: number) => Promise<LaneStep>;
  /** The right to work at all has gone. */
  readonly onLost: () => void;
  readonly log: Log;
}

interface Lane {
  /** Work may have come in since the lane last looked. */
  woken: boolean;
  readonly done: Promise<void>;
}

const longestFaultMs = 5_000;

/** Works many lanes at the same time and each strictly in order: one that waits holds up only itself. */
export class Lanes {
  private readonly lanes = new Map<string, Lane>();

  constructor(
    private readonly work: LaneWork,
    private readonly signal: AbortSignal,
  ) {}

  get size(): number {
    return this.lanes.size;
  }

  /** There may be work in this lane. One that is waiting goes on waiting. */
  wake(name: string): void {
    if (this.signal.aborted) return;
    const lane = this.lanes.get(name);
    if (lane !== undefined) {
      lane.woken = true;
      return;
    }
    const started: Lane = { woken: false, done: Promise.resolve().then(() => this.run(name, started)) };
    this.lanes.set(name, started);
  }

  /** Resolves when every lane has ended; only after the signal was aborted. */
  async ended(): Promise<void> {
    await Promise.all([...this.lanes.values()].map((lane) => lane.done));
  }

  private async run(name: string, lane: Lane): Promise<void> {
    let looks = 0;
    let faults = 0;
    while (!this.signal.aborted) {
      lane.woken = false;
      const step = await this.stepOrFault(name, looks);
      if (step === 'fault') {
        faults += 1;
        await pause(backoffMs(faults, 100, longestFaultMs), this.signal);
        continue;
      }
      faults = 0;
      if (step === 'lost') this.work.onLost();
      else if (step === 'next') looks = 0;
      else if (step !== 'empty') {
        looks += 1;
        await pause(step.waitMs, this.signal);
      } else if (!lane.woken) break;
    }
    this.lanes.delete(name);
  }

  private async stepOrFault(name: string, looks: number): Promise<LaneStep | 'fault'> {
    try {
      return await this.work.step(name, looks);
    } catch (error) {
      if (!this.signal.aborted)
        this.work.log.warn({ lane: name, reason: reasonOf(error) }, 'a lane waits for a part that is down');
      return 'fault';
    }
  }
}
