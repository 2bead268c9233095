import type { Instant } from '@claw/kernel';
import type { IssuedKey } from '../issued-key';
import type { SuspensionReason } from '../suspension';

/** Volume limits that an operator set for an agency, by name; what isn't named has its default. */
export type LimitOverrides = Readonly<Record<string, number>>;

interface OfAgency {
  readonly agencyId: string;
  readonly at: Instant;
}

export interface AgencyRegistered {
  readonly type: 'AgencyRegistered';
  readonly data: OfAgency & {
    readonly name: string;
    readonly email: string;
    /** Whether activation waits for a saved card; an operator's agencies don't. */
    readonly cardRequired: boolean;
  };
}

export interface AgencyActivated {
  readonly type: 'AgencyActivated';
  /** E.164; the agency's for good. */
  readonly data: OfAgency & { readonly sendingNumber: string };
}

export interface ParentKeyIssued {
  readonly type: 'ParentKeyIssued';
  readonly data: OfAgency & { readonly key: IssuedKey };
}

export interface ParentKeyRotated {
  readonly type: 'ParentKeyRotated';
  /** The new key; the one before it is dead. */
  readonly data: OfAgency & { readonly key: IssuedKey };
}

export interface HelpTextChanged {
  readonly type: 'HelpTextChanged';
  readonly data: OfAgency & { readonly helpText: string | null };
}

export interface AgencyLimitsChanged {
  readonly type: 'AgencyLimitsChanged';
  /** All overrides from now on. */
  readonly data: OfAgency & { readonly limits: LimitOverrides };
}

export interface AgencySuspended {
  readonly type: 'AgencySuspended';
  readonly data: OfAgency & { readonly reason: SuspensionReason };
}

export interface AgencyReactivated {
  readonly type: 'AgencyReactivated';
  readonly data: OfAgency & { readonly reason: SuspensionReason };
}

/** What happens to an agency, in its stream. */
export type AgencyEvent =
  | AgencyRegistered
  | AgencyActivated
  | ParentKeyIssued
  | ParentKeyRotated
  | HelpTextChanged
  | AgencyLimitsChanged
  | AgencySuspended
  | AgencyReactivated;
