import type { AgencyEntry, SubaccountEntry } from '@claw/contracts';

/** Whether a subaccount may send: its own state and its agency's together. */
export type Standing = 'active' | 'suspended' | 'closed';

/** Who isn't known counts as closed; an agency that isn't active suspends all of its subaccounts. */
export const standingOf = (
  subaccount: SubaccountEntry | undefined,
  agency: AgencyEntry | undefined,
): Standing => {
  if (subaccount === undefined || agency === undefined || subaccount.status === 'closed') return 'closed';
  return subaccount.status === 'active' && agency.status === 'active' ? 'active' : 'suspended';
};
