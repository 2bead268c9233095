import { at, keyNamed, sendingNumber } from '../agency/agency.fixture';
import type { SuspensionReason } from '../suspension';
import { evolveSubaccount, type Subaccount } from './subaccount';
import type { SubaccountEvent, SubaccountProvisioned } from './subaccount-event';

export { at, keyNamed, sendingNumber };

export const of = { agencyId: 'acme', subaccountId: 'sub', at: at(0) };
export const provisionedEvent: SubaccountProvisioned = {
  type: 'SubaccountProvisioned',
  data: {
    ...of,
    name: 'Sub',
    email: null,
    externalId: null,
    generation: 1,
    messageLimit: 1_000,
    key: keyNamed('first'),
    sendingNumber,
  },
};
export const suspendedFor = (reason: SuspensionReason): SubaccountEvent => ({
  type: 'SubaccountSuspended',
  data: { ...of, reason },
});
export const closedEvent: SubaccountEvent = { type: 'SubaccountClosed', data: of };

/** A subaccount after what else happened to it. */
export const provisioned = (...later: readonly SubaccountEvent[]): Subaccount =>
  later.reduce(evolveSubaccount, evolveSubaccount(undefined, provisionedEvent));
