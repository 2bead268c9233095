import { accept, nothing, type Accepted, type Instant } from '@claw/kernel';
import type { Agency } from './agency';
import type { AgencyActivated } from './agency-event';

export interface ActivateAgency {
  /** E.164, assigned to this agency before. */
  readonly sendingNumber: string;
}

/** From here on the agency works. Its first sending number stays its number. */
export const activateAgency = (
  agency: Agency,
  { sendingNumber }: ActivateAgency,
  now: Instant,
): Accepted<AgencyActivated> =>
  agency.sendingNumber === null
    ? accept({ type: 'AgencyActivated', data: { agencyId: agency.agencyId, sendingNumber, at: now } })
    : nothing();
