import { accept, nothing, type Accepted, type Instant } from '@claw/kernel';
import type { SuspensionReason } from '../suspension';
import type { Agency } from './agency';
import type { AgencySuspended } from './agency-event';

export interface SuspendAgency {
  readonly reason: SuspensionReason;
}

/** Stops all of the agency for one reason more; repeating changes nothing. */
export const suspendAgency = (
  agency: Agency,
  { reason }: SuspendAgency,
  now: Instant,
): Accepted<AgencySuspended> =>
  agency.suspensions.has(reason)
    ? nothing()
    : accept({ type: 'AgencySuspended', data: { agencyId: agency.agencyId, reason, at: now } });
