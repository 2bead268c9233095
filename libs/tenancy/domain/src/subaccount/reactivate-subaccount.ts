import { accept, nothing, type Decision, type Instant } from '@claw/kernel';
import type { SuspensionReason } from '../suspension';
import { factOf, whileOpen, type Subaccount } from './subaccount';
import type { SubaccountReactivated } from './subaccount-event';

export interface ReactivateSubaccount {
  readonly reason: SuspensionReason;
}

/** Takes one reason back, and only that; repeating changes nothing. */
export const reactivateSubaccount = (
  subaccount: Subaccount,
  { reason }: ReactivateSubaccount,
  now: Instant,
): Decision<SubaccountReactivated, 'not_found'> =>
  whileOpen(subaccount, () =>
    !subaccount.suspensions.has(reason)
      ? nothing()
      : accept({ type: 'SubaccountReactivated', data: { ...factOf(subaccount, now), reason } }),
  );
