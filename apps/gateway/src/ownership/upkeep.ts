import { Unavailable } from '@claw/kernel';
import type { Log } from '@claw/messaging';
import type { NowMs } from '../clock';
import { OwnershipLost, type Reconciled } from '../quota/quota-keeper';
import type { Desk } from '../sending/desk';
import type { LiveSockets } from '../session/live-sockets';
import type { Timings } from '../timings';
import type { Ownership } from './ownership';

/** Looks after the desks: counts what is uncertain, gives back what is idle. */
export class Upkeep {
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly ownership: Ownership,
    private readonly sockets: LiveSockets,
    private readonly timings: Timings,
    private readonly nowMs: NowMs,
    private readonly logger: Log,
  ) {
    this.timer = setInterval(() => this.round(), timings.housekeeping);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** What is used of the running month; exact, unless a former owner may still have messages under way. */
  async usedBy(desk: Desk): Promise<number> {
    if (desk.quota.isUncertain) await this.reconcile(desk, false);
    return desk.quota.isOver(this.nowMs()) ? 0 : desk.quota.used;
  }

  /** Counts the month anew from OUTBOUND; answers whether it was another count. Throws `Unavailable`. */
  async recount(desk: Desk): Promise<boolean> {
    return (await this.reconcile(desk, true)) === 'corrected';
  }

  private round(): void {
    const nowMs = this.nowMs();
    for (const desk of this.ownership.all) {
      if (desk.closed || desk.isQueueing) continue;
      const isUsed = this.sockets.has(desk.subaccountId) || nowMs - desk.lastUsedMs < this.timings.release;
      if (!isUsed) this.inBackground(desk, this.ownership.giveUp(desk));
      else if (desk.quota.isUncertain) this.inBackground(desk, this.reconcile(desk, false));
    }
  }

  private async reconcile(desk: Desk, wholeMonth: boolean): Promise<Reconciled> {
    try {
      return await desk.inTurn(async () => {
        await desk.quiet();
        if (desk.closed) throw new OwnershipLost(desk.subaccountId);
        return desk.quota.reconcile(this.nowMs(), wholeMonth);
      });
    } catch (error) {
      if (!(error instanceof OwnershipLost)) throw error;
      this.ownership.forget(desk);
      throw new Unavailable('gateway', false, { cause: error });
    }
  }

  private inBackground(desk: Desk, work: Promise<unknown>): void {
    work.catch((error: unknown) => {
      const fields = { subaccountId: desk.subaccountId, error };
      if (error instanceof Unavailable) this.logger.warn(fields, 'subaccount not settled yet');
      else this.logger.error(fields, 'subaccount could not be settled');
    });
  }
}
