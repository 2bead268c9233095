import { idOf, newId } from '@claw/kernel';

/** Fixed for ever: ids are made from it. */
const namespace = '8c9a6d1e-54a5-4f0b-9a52-0f0c3c1d7b11';

/** The id of a new agency: fresh, or the one that belongs to the wish's idempotency key (in a generation). */
export const agencyIdFor = (wish: {
  readonly idempotencyKey: string | undefined;
  readonly generation: number;
}): string =>
  wish.idempotencyKey === undefined
    ? newId()
    : idOf(namespace, 'idempotency_key', wish.idempotencyKey, String(wish.generation));
