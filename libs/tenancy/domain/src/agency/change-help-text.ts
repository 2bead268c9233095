import { accept, nothing, type Decision, type Instant } from '@claw/kernel';
import { agencyStatus, type Agency } from './agency';
import type { HelpTextChanged } from './agency-event';
import { refuseUnlessActive } from './good-standing';

export interface ChangeHelpText {
  /** What HELP answers; null takes it back. */
  readonly helpText: string | null;
}

export const changeHelpText = (
  agency: Agency,
  { helpText }: ChangeHelpText,
  now: Instant,
): Decision<HelpTextChanged, 'payment_required'> => {
  const refusal = refuseUnlessActive(agencyStatus(agency));
  if (refusal) return refusal;
  return agency.helpText === helpText
    ? nothing()
    : accept({ type: 'HelpTextChanged', data: { agencyId: agency.agencyId, helpText, at: now } });
};
