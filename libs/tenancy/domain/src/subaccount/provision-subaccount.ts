import { accept, nothing, refuse, type Decision, type Instant } from '@claw/kernel';
import type { AgencyStatus } from '../agency/agency';
import { refuseUnlessActive } from '../agency/good-standing';
import type { IssuedKey } from '../issued-key';
import type { Subaccount } from './subaccount';
import type { SubaccountProvisioned } from './subaccount-event';

export interface ProvisionSubaccount {
  readonly subaccountId: string;
  readonly agency: {
    readonly agencyId: string;
    readonly status: AgencyStatus;
    readonly sendingNumber: string | null;
    /** How many of its subaccounts aren't closed; may lag a little. */
    readonly openSubaccounts: number;
  };
  /** How many may be open. */
  readonly subaccountCap: number;
  readonly name: string;
  readonly email: string | null;
  readonly externalId: string | null;
  readonly generation: number;
  readonly messageLimit: number;
  readonly key: IssuedKey;
}

/** A new subaccount; one that is there under this id stays as it is, whatever else the repeat says. */
export const provisionSubaccount = (
  existing: Subaccount | undefined,
  command: ProvisionSubaccount,
  now: Instant,
): Decision<SubaccountProvisioned, 'payment_required' | 'subaccount_limit_reached'> => {
  const { agency, subaccountId, name, email, externalId, generation, messageLimit, key } = command;
  const refusal = refuseUnlessActive(agency.status);
  if (refusal) return refusal;
  if (existing) return nothing();
  if (agency.openSubaccounts >= command.subaccountCap) {
    return refuse(
      'subaccount_limit_reached',
      `The agency has all of the ${command.subaccountCap} subaccounts that it may have: close one, or ask us for more.`,
    );
  }
  if (agency.sendingNumber === null) throw new Error('an active agency without a sending number');
  return accept({
    type: 'SubaccountProvisioned',
    data: {
      subaccountId,
      agencyId: agency.agencyId,
      name,
      email,
      externalId,
      generation,
      messageLimit,
      key,
      sendingNumber: agency.sendingNumber,
      at: now,
    },
  });
};
