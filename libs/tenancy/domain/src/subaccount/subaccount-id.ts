import { idOf, type Instant, newId } from '@claw/kernel';
import { isForgotten } from '../wish';
import type { Subaccount } from './subaccount';

/** What a new subaccount is called by whoever wants it. */
export interface SubaccountNaming {
  readonly agencyId: string;
  readonly externalId: string | null;
  /** Names the wish itself, so that its repeat finds what the first one made. */
  readonly idempotencyKey: string | undefined;
}

/**
 * The id of a new subaccount. An external id gives the same one for ever (in a generation), so that its stream is
 * the lock; else the idempotency key does; without both it is fresh (UUIDv7) and nobody else can hold it.
 */
export const subaccountIdFor = (naming: SubaccountNaming, generation: number): string => {
  const { agencyId, externalId, idempotencyKey } = naming;
  if (externalId !== null) return idOf(agencyId, 'external_id', externalId, String(generation));
  return idempotencyKey === undefined
    ? newId()
    : idOf(agencyId, 'idempotency_key', idempotencyKey, String(generation));
};

/**
 * Whether the name is free for a next generation: an external id once its subaccount is closed, an idempotency key
 * once it is forgotten.
 */
export const isNameSpent = (subaccount: Subaccount, now: Instant): boolean =>
  subaccount.externalId === null ? isForgotten(subaccount.provisionedAt, now) : subaccount.closed;
