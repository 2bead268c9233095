import { assertNever, epochMs, type Instant } from '@claw/kernel';
import type { CarrierReceipt } from './carrier-answer';
import {
  type DispatchContext,
  type DispatchFailure,
  dispatchPatienceMs,
  type DispatchStep,
  waitUnknown,
} from './dispatch-policy';

/** How long the carrier is trusted to know an idempotency key again. It doesn't say, so this is short. */
export const keyMemoryMs = 10 * 60_000;
/** How long after an attempt the carrier may still be working on it, with its list not showing it yet. */
export const lateAcceptanceMs = 30_000;
/** How much longer than anything else a carrier that can't be asked is waited for. */
const lookupPatienceMs = dispatchPatienceMs + 60 * 60_000;

/** What the carrier's own lists say of a message: it, that it isn't there, or nothing now. */
export type Lookup = CarrierReceipt | 'absent' | 'untold';

/** Whether asking again with the same key might send it twice, so that the carrier's lists have to be looked at. */
export const isKeyForgotten = (doubtfulSince: Instant | null, now: Instant): boolean =>
  doubtfulSince !== null && epochMs(now) - epochMs(doubtfulSince) >= keyMemoryMs;

/**
 * What follows for a message that may no longer be sent, but an attempt of which may have got through: it has failed
 * only if it isn't at the carrier.
 */
export const beforeGivingUp = (
  found: Lookup,
  failure: DispatchFailure,
  doubtfulSince: Instant,
  context: DispatchContext,
): DispatchStep => {
  switch (found) {
    case 'absent':
      return epochMs(context.now) - epochMs(doubtfulSince) < lateAcceptanceMs
        ? waitUnknown(context)
        : failure;
    case 'untold':
      return epochMs(context.now) - epochMs(context.acceptedAt) < lookupPatienceMs
        ? waitUnknown(context)
        : failure;
    default:
      return typeof found === 'object' ? { step: 'sent', ...found } : assertNever(found);
  }
};
