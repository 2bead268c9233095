import type { Instant } from '@claw/kernel';
import type { IssuedKey } from '../issued-key';
import type { SuspensionReason } from '../suspension';

/** Every event names its subaccount and its agency, so that a reader needs no other event to know whose it is. */
export interface OfSubaccount {
  readonly agencyId: string;
  readonly subaccountId: string;
  readonly at: Instant;
}

export interface SubaccountProvisioned {
  readonly type: 'SubaccountProvisioned';
  readonly data: OfSubaccount & {
    readonly name: string;
    readonly email: string | null;
    readonly externalId: string | null;
    /** Which life of the external id: 1, and one more after each close. */
    readonly generation: number;
    /** Messages a calendar month (UTC). */
    readonly messageLimit: number;
    readonly key: IssuedKey;
    /** The agency's, in E.164. */
    readonly sendingNumber: string;
  };
}

export interface SubaccountDetailsChanged {
  readonly type: 'SubaccountDetailsChanged';
  /** Only what changed. */
  readonly data: OfSubaccount & {
    readonly name?: string | undefined;
    readonly email?: string | null | undefined;
  };
}

export interface MessageLimitChanged {
  readonly type: 'MessageLimitChanged';
  readonly data: OfSubaccount & { readonly messageLimit: number };
}

export interface SubaccountKeyRotated {
  readonly type: 'SubaccountKeyRotated';
  /** The new key; the one before it is dead. */
  readonly data: OfSubaccount & { readonly key: IssuedKey };
}

export interface SubaccountSuspended {
  readonly type: 'SubaccountSuspended';
  readonly data: OfSubaccount & { readonly reason: SuspensionReason };
}

export interface SubaccountReactivated {
  readonly type: 'SubaccountReactivated';
  readonly data: OfSubaccount & { readonly reason: SuspensionReason };
}

export interface SubaccountClosed {
  readonly type: 'SubaccountClosed';
  readonly data: OfSubaccount;
}

/** What happens to a subaccount, in its stream. */
export type SubaccountEvent =
  | SubaccountProvisioned
  | SubaccountDetailsChanged
  | MessageLimitChanged
  | SubaccountKeyRotated
  | SubaccountSuspended
  | SubaccountReactivated
  | SubaccountClosed;
