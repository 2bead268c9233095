import { assertNever, type Instant } from '@claw/kernel';
import type { CurrentKey, FormerKey, IssuedKey } from '../issued-key';
import { noSuspensions, withReason, withoutReason, type Suspensions } from '../suspension';
import type { AgencyEvent, LimitOverrides } from './agency-event';

/** An agency as its events made it. */
export interface Agency {
  readonly agencyId: string;
  readonly name: string;
  readonly email: string;
  readonly cardRequired: boolean;
  /** E.164, from activation on. */
  readonly sendingNumber: string | null;
  readonly key: CurrentKey | null;
  readonly formerKeys: readonly FormerKey[];
  readonly helpText: string | null;
  readonly limits: LimitOverrides;
  readonly suspensions: Suspensions;
  readonly registeredAt: Instant;
  /** Of the newest event: its index in the stream. */
  readonly revision: number;
}

export type AgencyStatus = 'pending' | 'active' | 'suspended';

/** Pending until it is activated, whatever else; then suspended as long as a reason is left. */
export const agencyStatus = (agency: Pick<Agency, 'sendingNumber' | 'suspensions'>): AgencyStatus => {
  if (agency.sendingNumber === null) return 'pending';
  return agency.suspensions.size > 0 ? 'suspended' : 'active';
};

/** Throws for a stream that doesn't begin with a registration. */
export const evolveAgency = (agency: Agency | undefined, event: AgencyEvent): Agency => {
  if (event.type === 'AgencyRegistered') return registered(event.data);
  if (!agency) throw new Error(`${event.type} before AgencyRegistered`);
  const next = { ...agency, revision: agency.revision + 1 };
  switch (event.type) {
    case 'AgencyActivated':
      return { ...next, sendingNumber: event.data.sendingNumber };
    case 'ParentKeyIssued':
    case 'ParentKeyRotated':
      return withKey(next, event.data.key);
    case 'HelpTextChanged':
      return { ...next, helpText: event.data.helpText };
    case 'AgencyLimitsChanged':
      return { ...next, limits: event.data.limits };
    case 'AgencySuspended':
      return { ...next, suspensions: withReason(next.suspensions, event.data.reason) };
    case 'AgencyReactivated':
      return { ...next, suspensions: withoutReason(next.suspensions, event.data.reason) };
    default:
      return assertNever(event);
  }
};

const registered = (data: Extract<AgencyEvent, { type: 'AgencyRegistered' }>['data']): Agency => ({
  agencyId: data.agencyId,
  name: data.name,
  email: data.email,
  cardRequired: data.cardRequired,
  sendingNumber: null,
  key: null,
  formerKeys: [],
  helpText: null,
  limits: {},
  suspensions: noSuspensions,
  registeredAt: data.at,
  revision: 0,
});

const withKey = (agency: Agency, key: IssuedKey): Agency => ({
  ...agency,
  key: { ...key, since: agency.revision },
  formerKeys: agency.key
    ? [...agency.formerKeys, { hash: agency.key.hash, endedAt: agency.revision }]
    : agency.formerKeys,
});
