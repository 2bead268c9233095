import { accept, type Decision, type Instant } from '@claw/kernel';
import type { IssuedKey } from '../issued-key';
import { agencyStatus, type Agency } from './agency';
import type { ParentKeyRotated } from './agency-event';
import { refuseUnlessActive } from './good-standing';

export interface RotateParentKey {
  readonly key: IssuedKey;
}

export const rotateParentKey = (
  agency: Agency,
  { key }: RotateParentKey,
  now: Instant,
): Decision<ParentKeyRotated, 'payment_required'> =>
  refuseUnlessActive(agencyStatus(agency)) ??
  accept({ type: 'ParentKeyRotated', data: { agencyId: agency.agencyId, key, at: now } });
