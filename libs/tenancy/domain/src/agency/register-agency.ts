import { accept, nothing, type Accepted, type Instant } from '@claw/kernel';
import type { IssuedKey } from '../issued-key';
import type { Agency } from './agency';
import type { AgencyEvent } from './agency-event';

export interface RegisterAgency {
  readonly agencyId: string;
  readonly name: string;
  readonly email: string;
  readonly cardRequired: boolean;
  readonly key: IssuedKey;
}

/** A new agency with its parent key, pending until it is activated; one that is there stays as it is. */
export const registerAgency = (
  agency: Agency | undefined,
  { agencyId, name, email, cardRequired, key }: RegisterAgency,
  now: Instant,
): Accepted<AgencyEvent> =>
  agency
    ? nothing()
    : accept<AgencyEvent>(
        { type: 'AgencyRegistered', data: { agencyId, name, email, cardRequired, at: now } },
        { type: 'ParentKeyIssued', data: { agencyId, key, at: now } },
      );
