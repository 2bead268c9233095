import { partitionCount } from '@claw/contracts';
import { withDeadline } from '@claw/kernel';
import { type Lease, type Log, reasonOf } from '@claw/messaging';
import { PartitionTable } from '../ledger/partition-table';
import { ownedPartitions } from './dispatch.metrics';
import { Membership } from './membership';
import { sharesOf } from './partition-shares';
import { PartitionWorker, type WorkerParts } from './partition-worker';
import { pause } from './pause';

export interface DispatcherOptions {
  /** The replica's own name. */
  readonly instance: string;
  /** How often the living replicas are counted, in milliseconds. */
  readonly lookMs: number;
  readonly workers: WorkerParts;
  readonly log: Log;
}

/**
 * Works this replica's share of the partitions. Shares follow from who is alive; a partition changes hands only when
 * its owner has let go of it or is dead, and every new owner gets a higher epoch, which the ledger checks.
 */
export class Dispatcher {
  private readonly stopping = new AbortController();
  private readonly workers = new Map<number, PartitionWorker>();
  private running: Promise<void> | undefined;
  private lease: Lease | undefined;
  /** The members with whom the partitions were shared out last, where that was carried through. */
  private settledWith: string | undefined;

  constructor(
    private readonly membership: Membership,
    private readonly table: PartitionTable,
    private readonly options: DispatcherOptions,
  ) {}

  start(): void {
    this.running ??= this.run(this.stopping.signal);
  }

  /** Ends what is under way, hands the partitions to the others, and leaves. */
  async stop(deadlineMs = 20_000): Promise<void> {
    this.stopping.abort();
    const leaving = (async () => {
      await this.running;
      await this.keepOnly([]);
      await this.lease?.release();
    })();
    await withDeadline('stopping the dispatch', deadlineMs, leaving).catch((error: unknown) =>
      this.options.log.warn({ reason: reasonOf(error) }, 'dispatch did not end in order'),
    );
  }

  private async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.look(signal);
      } catch (error) {
        this.options.log.warn({ reason: reasonOf(error) }, 'the partitions can’t be shared out now');
      }
      await pause(this.options.lookMs, signal);
    }
  }

  private async look(signal: AbortSignal): Promise<void> {
    const { instance } = this.options;
    if (!this.lease?.held()) await this.joinAnew(signal);
    const members = [...new Set([...(await this.membership.members()), instance])].sort();
    const mine = sharesOf(members, instance, partitionCount);
    const missing = mine.filter((partition) => !this.workers.has(partition));
    const seen = members.join();
    if (missing.length === 0 && seen === this.settledWith) return;
    this.settledWith = undefined;
    await this.keepOnly(mine);
    if (signal.aborted || !this.lease?.held()) return;
    await this.take(missing, members);
    this.settledWith = seen;
  }

  private async take(missing: readonly number[], members: readonly string[]): Promise<void> {
    const { instance, workers } = this.options;
    const others = members.filter((member) => member !== instance);
    const taken = await this.table.take(instance, missing, others);
    const { lease } = this;
    if (!lease?.held()) return;
    for (const owned of taken) {
      const worker = new PartitionWorker(workers, owned, lease);
      this.workers.set(owned.partition, worker);
      void worker.ended.then(() => this.forget(worker));
    }
    this.count();
  }

  /** Whoever can't show that it is alive stops: others may think it dead. */
  private async joinAnew(signal: AbortSignal): Promise<void> {
    await Promise.all([...this.workers.values()].map((worker) => this.end(worker)));
    const lease = await this.membership.join(this.options.instance);
    lease.signal.addEventListener('abort', () => this.workers.forEach((worker) => worker.stop()), {
      once: true,
    });
    this.lease = lease;
    if (signal.aborted) await lease.release();
  }

  /** Ends the work on all other partitions, and only then lets the others have them. */
  private async keepOnly(kept: readonly number[]): Promise<void> {
    const given = [...this.workers.values()].filter(({ owned }) => !kept.includes(owned.partition));
    await Promise.all(given.map((worker) => this.end(worker)));
    await this.table.keepOnly(this.options.instance, kept);
  }

  private async end(worker: PartitionWorker): Promise<void> {
    worker.stop();
    await worker.ended;
  }

  private forget(worker: PartitionWorker): void {
    if (this.workers.get(worker.owned.partition) === worker) this.workers.delete(worker.owned.partition);
    this.count();
  }

  private count(): void {
    ownedPartitions.set(this.workers.size);
  }
}
