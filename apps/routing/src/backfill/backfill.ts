import type { PhoneNumber } from '@claw/contracts';
import { backoffMs } from '@claw/kernel';
import { type LeaseManager, reasonOf, withLease } from '@claw/messaging';
import { AccessDirectory } from '../access/access-directory';
import { Gate } from '../database/gate';
import { pause } from '../dispatch/pause';
import { CarrierUnavailable } from '../inbound/carrier-chats';
import { backfillRounds } from './backfill.metrics';
import { NumberBackfill, type NumberBackfillParts } from './number-backfill';

export interface BackfillParts extends NumberBackfillParts {
  readonly access: AccessDirectory;
  readonly leases: LeaseManager;
  readonly instance: string;
  readonly everyMs: number;
}

/** Sending numbers that are looked at at once, so that a few in trouble leave room for the others. */
const numbersAtOnce = 8;
/** How often it is seen whose turn it is: what failed in passing, or isn't finished, needn't wait for a whole interval. */
const lookMs = 1_000;
/** A number in trouble is looked at again after so long at the latest. */
const longestWaitMs = 10 * 60_000;

/** How a sending number's lists fare. */
interface Fare {
  readonly number: NumberBackfill;
  running: boolean;
  failures: number;
  /** Not to be looked at before, by this process's clock. */
  notBefore: number;
}

/**
 * Goes through the carrier's lists of every sending number, when it begins and at intervals, in one replica at a time.
 * Two at once, where one doesn't know yet that it lost its lease, do the same twice, and once is enough.
 */
export class Backfill {
  private readonly stopping = new AbortController();
  private readonly gate = new Gate(numbersAtOnce);
  private running: Promise<void> | undefined;

  constructor(private readonly parts: BackfillParts) {}

  start(): void {
    const { leases, instance, log } = this.parts;
    this.running ??= withLease(
      leases,
      { name: 'routing.backfill', owner: instance, signal: this.stopping.signal, logger: log },
      (signal) => this.work(signal),
    );
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async work(signal: AbortSignal): Promise<void> {
    const fares = new Map<PhoneNumber, Fare>();
    const rounds = new Set<Promise<void>>();
    const { everyMs } = this.parts;
    for (let listed = false, listedAt = 0; !signal.aborted;) {
      if (!listed || performance.now() - listedAt >= everyMs) {
        listedAt = performance.now();
        listed = await this.list(fares);
      }
      for (const [line, fare] of fares) {
        if (fare.running || performance.now() < fare.notBefore) continue;
        const round: Promise<void> = this.look(line, fare, signal).finally(() => rounds.delete(round));
        rounds.add(round);
      }
      await pause(Math.min(everyMs, lookMs), signal);
    }
    await Promise.all(rounds);
  }

  /** Adds the numbers that are new; false where they couldn't be listed. */
  private async list(fares: Map<PhoneNumber, Fare>): Promise<boolean> {
    try {
      for (const line of await this.parts.access.sendingNumbers()) {
        if (!fares.has(line)) fares.set(line, this.newFare(line));
      }
      return true;
    } catch (error) {
      this.parts.log.warn({ reason: reasonOf(error) }, 'the sending numbers to back-fill couldn’t be listed');
      return false;
    }
  }

  private newFare(line: PhoneNumber): Fare {
    return { number: new NumberBackfill(line, this.parts), running: false, failures: 0, notBefore: 0 };
  }

  private async look(line: PhoneNumber, fare: Fare, signal: AbortSignal): Promise<void> {
    fare.running = true;
    const { everyMs } = this.parts;
    const beganAt = performance.now();
    try {
      const outcome = await this.gate.run(async () =>
        signal.aborted ? 'unfinished' : fare.number.round(signal),
      );
      fare.failures = 0;
      if (outcome === 'done') fare.notBefore = beganAt + everyMs;
      backfillRounds.inc({ outcome });
    } catch (error) {
      if (!signal.aborted) this.putOff(line, fare, error);
    } finally {
      fare.running = false;
    }
  }

  private putOff(line: PhoneNumber, fare: Fare, error: unknown): void {
    const { log } = this.parts;
    fare.failures += 1;
    const wished = error instanceof CarrierUnavailable ? error.retryAfterMs : null;
    const waitMs = wished ?? backoffMs(fare.failures, lookMs, longestWaitMs);
    fare.notBefore = performance.now() + waitMs;
    backfillRounds.inc({ outcome: wished === null ? 'failed' : 'put_off' });
    log.warn({ line, waitMs, reason: reasonOf(error) }, 'a sending number wasn’t back-filled');
  }
}
