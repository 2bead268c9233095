import { accept, nothing, type Accepted, type Instant } from '@claw/kernel';
import type { SuspensionReason } from '../suspension';
import type { Agency } from './agency';
import type { AgencyReactivated } from './agency-event';

export interface ReactivateAgency {
  readonly reason: SuspensionReason;
}

/** Takes one reason back, and only that; repeating changes nothing. */
export const reactivateAgency = (
  agency: Agency,
  { reason }: ReactivateAgency,
  now: Instant,
): Accepted<AgencyReactivated> =>
  !agency.suspensions.has(reason)
    ? nothing()
    : accept({ type: 'AgencyReactivated', data: { agencyId: agency.agencyId, reason, at: now } });
