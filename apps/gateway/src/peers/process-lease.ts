import { keys } from '@claw/contracts';
import { type Lease, type LeaseManager, type Log, withLease } from '@claw/messaging';

/**
 * That this gateway process lives, told to the others. While it isn't held by this process's own clock, the process
 * accepts nothing: others may have counted what it left, and go on without it.
 */
export class ProcessLease {
  private readonly stopped = new AbortController();
  private readonly running: Promise<void>;
  private lease: Lease | undefined;
  private onLost: () => void = () => undefined;

  constructor(
    private readonly leases: LeaseManager,
    /** The process's own name: never used again by another one. */
    readonly process: string,
    logger: Log,
  ) {
    const name = keys.gatewayLease(process);
    this.running = withLease(
      leases,
      { name, owner: process, signal: this.stopped.signal, logger },
      (signal, lease) => this.hold(signal, lease),
    );
  }

  held(): boolean {
    return this.lease?.held() === true;
  }

  /** Called each time it is lost: everything owned may be another's by now. */
  whenLost(listener: () => void): void {
    this.onLost = listener;
  }

  /** Whether another process still holds its own. Throws `Unavailable`. */
  async isAlive(process: string): Promise<boolean> {
    return (await this.leases.holder(keys.gatewayLease(process))) !== undefined;
  }

  async stop(): Promise<void> {
    this.stopped.abort();
    await this.running;
  }

  private async hold(signal: AbortSignal, lease: Lease): Promise<void> {
    this.lease = lease;
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    this.lease = undefined;
    if (!this.stopped.signal.aborted) this.onLost();
  }
}
