import { assertNever, refuse, type Decision, type Instant } from '@claw/kernel';
import type { CurrentKey, FormerKey } from '../issued-key';
import { noSuspensions, withReason, withoutReason, type Suspensions } from '../suspension';
import type { OfSubaccount, SubaccountEvent } from './subaccount-event';

/** A subaccount as its events made it. */
export interface Subaccount {
  readonly subaccountId: string;
  readonly agencyId: string;
  readonly name: string;
  readonly email: string | null;
  readonly externalId: string | null;
  readonly generation: number;
  readonly messageLimit: number;
  /** The newest key; of a closed subaccount it is dead too. */
  readonly key: CurrentKey;
  readonly formerKeys: readonly FormerKey[];
  readonly sendingNumber: string;
  readonly suspensions: Suspensions;
  readonly closed: boolean;
  readonly provisionedAt: Instant;
  /** Of the newest event: its index in the stream. */
  readonly revision: number;
}

export type SubaccountStatus = 'active' | 'suspended' | 'closed';

/** Of the subaccount alone; whether it may send depends on its agency too. */
export const subaccountStatus = (
  subaccount: Pick<Subaccount, 'closed' | 'suspensions'>,
): SubaccountStatus => {
  if (subaccount.closed) return 'closed';
  return subaccount.suspensions.size > 0 ? 'suspended' : 'active';
};

/** Throws for a stream that doesn't begin with a provisioning. */
export const evolveSubaccount = (subaccount: Subaccount | undefined, event: SubaccountEvent): Subaccount => {
  if (event.type === 'SubaccountProvisioned') return provisioned(event.data);
  if (!subaccount) throw new Error(`${event.type} before SubaccountProvisioned`);
  const next = { ...subaccount, revision: subaccount.revision + 1 };
  switch (event.type) {
    case 'SubaccountDetailsChanged':
      return {
        ...next,
        name: event.data.name ?? next.name,
        email: event.data.email === undefined ? next.email : event.data.email,
      };
    case 'MessageLimitChanged':
      return { ...next, messageLimit: event.data.messageLimit };
    case 'SubaccountKeyRotated':
      return {
        ...next,
        key: { ...event.data.key, since: next.revision },
        formerKeys: [...next.formerKeys, { hash: next.key.hash, endedAt: next.revision }],
      };
    case 'SubaccountSuspended':
      return { ...next, suspensions: withReason(next.suspensions, event.data.reason) };
    case 'SubaccountReactivated':
      return { ...next, suspensions: withoutReason(next.suspensions, event.data.reason) };
    case 'SubaccountClosed':
      return { ...next, closed: true };
    default:
      return assertNever(event);
  }
};

const provisioned = (
  data: Extract<SubaccountEvent, { type: 'SubaccountProvisioned' }>['data'],
): Subaccount => ({
  subaccountId: data.subaccountId,
  agencyId: data.agencyId,
  name: data.name,
  email: data.email,
  externalId: data.externalId,
  generation: data.generation,
  messageLimit: data.messageLimit,
  key: { ...data.key, since: 0 },
  formerKeys: [],
  sendingNumber: data.sendingNumber,
  suspensions: noSuspensions,
  closed: false,
  provisionedAt: data.at,
  revision: 0,
});

/** Policy: a closed subaccount is gone for whoever wants to change it. */
export const whileOpen = <Event>(
  subaccount: Subaccount,
  decide: () => Decision<Event>,
): Decision<Event, 'not_found'> =>
  subaccount.closed ? refuse('not_found', 'The subaccount is closed.') : decide();

/** What every event of this subaccount carries. */
export const factOf = (
  { agencyId, subaccountId }: Pick<Subaccount, 'agencyId' | 'subaccountId'>,
  at: Instant,
): OfSubaccount => ({ agencyId, subaccountId, at });
