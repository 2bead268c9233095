import { type Instant, instant } from '@claw/kernel';
import type { IssuedKey } from '../issued-key';
import type { SuspensionReason } from '../suspension';
import { type Agency, evolveAgency } from './agency';
import type { AgencyEvent } from './agency-event';

export const at = (second: number): Instant => instant(Date.UTC(2030, 0, 1, 12, 0, second));
export const keyNamed = (name: string): IssuedKey => ({
  id: `${name}-id`,
  prefix: `cm_live_${name}`,
  hash: `${name}-hash`,
});
export const sendingNumber = '+15550000001';

const of = { agencyId: 'acme', at: at(0) };
export const registered: readonly AgencyEvent[] = [
  {
    type: 'AgencyRegistered',
    data: { ...of, name: 'Acme', email: 'founder@acme.com', cardRequired: false },
  },
  { type: 'ParentKeyIssued', data: { ...of, key: keyNamed('first') } },
];
export const activated: AgencyEvent = { type: 'AgencyActivated', data: { ...of, sendingNumber } };
export const suspendedFor = (reason: SuspensionReason): AgencyEvent => ({
  type: 'AgencySuspended',
  data: { ...of, reason },
});

export const pending = (...later: readonly AgencyEvent[]): Agency => {
  const agency = [...registered, ...later].reduce<Agency | undefined>(evolveAgency, undefined);
  if (!agency) throw new Error('registered, yet not there');
  return agency;
};
/** An active agency after what else happened to it. */
export const active = (...later: readonly AgencyEvent[]): Agency => pending(activated, ...later);
