/** Why sending is stopped. The reasons are independent: only when none is left does it go on. */
export type SuspensionReason = 'agency_request' | 'payment_failed' | 'operator';

export type Suspensions = ReadonlySet<SuspensionReason>;

export const noSuspensions: Suspensions = new Set();

export const withReason = (suspensions: Suspensions, reason: SuspensionReason): Suspensions =>
  new Set([...suspensions, reason]);

export const withoutReason = (suspensions: Suspensions, reason: SuspensionReason): Suspensions =>
  new Set([...suspensions].filter((other) => other !== reason));
