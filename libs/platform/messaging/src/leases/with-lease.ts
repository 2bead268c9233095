import { withDeadline } from '@claw/kernel';
import { reasonOf } from '../connection/faults';
import { type Log, silentLog } from '../log';
import { pause } from '../pause';
import type { Lease, LeaseManager } from './lease-manager';

export interface LeasedWorkOptions {
  readonly name: string;
  readonly owner: string;
  /** Ends the whole: the work is aborted and the lease handed back. */
  readonly signal: AbortSignal;
  /** How long aborted work may take to end before it is told of; 10 s unless told. */
  readonly stopDeadlineMs?: number;
  readonly logger?: Log;
}

/**
 * Runs `work` in exactly one process at a time: here while the lease is held, elsewhere when this process dies
 * or can't renew. `work` must end soon after its signal is aborted, and gives `lease.epoch` to what it writes.
 * Work that ends or fails by itself is begun anew. Resolves after `signal`.
 */
export const withLease = async (
  leases: LeaseManager,
  options: LeasedWorkOptions,
  work: (signal: AbortSignal, lease: Lease) => Promise<void>,
): Promise<void> => {
  const log = options.logger ?? silentLog;
  const fields = { lease: options.name, owner: options.owner };
  while (!options.signal.aborted) {
    const lease = await tryAcquire(leases, options, log);
    if (lease !== undefined) {
      log.info({ ...fields, epoch: lease.epoch }, 'lease acquired');
      // It may have come too late: work is never begun with a signal that has been given already.
      if (options.signal.aborted) await lease.release();
      else await workUnder(lease, options, log, work);
    }
    await pause((leases.ttlMs / 6) * (0.5 + Math.random()), options.signal);
  }
};

const tryAcquire = async (
  leases: LeaseManager,
  { name, owner, signal }: LeasedWorkOptions,
  log: Log,
): Promise<Lease | undefined> => {
  try {
    await leases.nats.up(leases.ttlMs, signal);
    return signal.aborted ? undefined : await leases.acquire(name, owner);
  } catch (error) {
    log.warn({ lease: name, reason: reasonOf(error) }, 'lease not asked for');
    return undefined;
  }
};

const workUnder = async (
  lease: Lease,
  { name, signal, stopDeadlineMs = 10_000 }: LeasedWorkOptions,
  log: Log,
  work: (signal: AbortSignal, lease: Lease) => Promise<void>,
): Promise<void> => {
  const both = AbortSignal.any([signal, lease.signal]);
  const working = work(both, lease).catch((error: unknown) => {
    if (!both.aborted) log.error({ lease: name, error }, 'leased work failed');
  });
  await Promise.race([working, aborted(both)]);
  try {
    await withDeadline(`ending the work under lease ${name}`, stopDeadlineMs, working);
  } catch (error) {
    log.error({ lease: name, reason: reasonOf(error) }, 'leased work goes on though it was aborted');
    await working;
  } finally {
    await lease.release();
  }
};

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
