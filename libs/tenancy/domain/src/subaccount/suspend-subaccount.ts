import { accept, nothing, type Decision, type Instant } from '@claw/kernel';
import type { SuspensionReason } from '../suspension';
import { factOf, whileOpen, type Subaccount } from './subaccount';
import type { SubaccountSuspended } from './subaccount-event';

export interface SuspendSubaccount {
  readonly reason: SuspensionReason;
}

/** Stops the subaccount for one reason more; repeating changes nothing. */
export const suspendSubaccount = (
  subaccount: Subaccount,
  { reason }: SuspendSubaccount,
  now: Instant,
): Decision<SubaccountSuspended, 'not_found'> =>
  whileOpen(subaccount, () =>
    subaccount.suspensions.has(reason)
      ? nothing()
      : accept({ type: 'SubaccountSuspended', data: { ...factOf(subaccount, now), reason } }),
  );
