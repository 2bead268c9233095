import { accept, nothing, type Accepted, type Instant } from '@claw/kernel';
import { factOf, type Subaccount } from './subaccount';
import type { SubaccountClosed } from './subaccount-event';

/** Ends the subaccount for good; repeating changes nothing. */
export const closeSubaccount = (subaccount: Subaccount, now: Instant): Accepted<SubaccountClosed> =>
  subaccount.closed ? nothing() : accept({ type: 'SubaccountClosed', data: factOf(subaccount, now) });
