import { accept, nothing, type Accepted, type Instant } from '@claw/kernel';
import type { Agency } from './agency';
import type { AgencyLimitsChanged, LimitOverrides } from './agency-event';

export interface ChangeAgencyLimits {
  /** All overrides from now on: a limit that isn't named goes back to its default. */
  readonly limits: LimitOverrides;
}

/** An operator's decision, so the agency's standing doesn't matter. */
export const changeAgencyLimits = (
  agency: Agency,
  { limits }: ChangeAgencyLimits,
  now: Instant,
): Accepted<AgencyLimitsChanged> =>
  same(agency.limits, limits)
    ? nothing()
    : accept({ type: 'AgencyLimitsChanged', data: { agencyId: agency.agencyId, limits, at: now } });

const same = (one: LimitOverrides, other: LimitOverrides): boolean =>
  Object.keys(one).length === Object.keys(other).length &&
  Object.entries(one).every(([name, value]) => other[name] === value);
