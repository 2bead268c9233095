import {
  type Agency,
  type AgencyEvent,
  evolveAgency,
  evolveNumber,
  evolveSubaccount,
  type NumberEvent,
  type SendingNumber,
  type Subaccount,
  type SubaccountEvent,
  type TenancyEvent,
} from '@claw/tenancy-domain';
import { type AccessRecord, agencyAccess, numberAccess, subaccountAccess } from '../access/access-entries';

/** An aggregate as its stream has made it. */
export type Projected =
  | { readonly kind: 'agency'; readonly state: Agency }
  | { readonly kind: 'subaccount'; readonly state: Subaccount }
  | { readonly kind: 'number'; readonly state: SendingNumber };

/** What an event makes of the aggregate that it belongs to. */
export const evolveProjected = (before: Projected | undefined, event: TenancyEvent): Projected => {
  if (isOfSubaccount(event)) {
    const state = before?.kind === 'subaccount' ? before.state : undefined;
    return { kind: 'subaccount', state: evolveSubaccount(state, event) };
  }
  if (isOfNumber(event)) {
    return {
      kind: 'number',
      state: evolveNumber(before?.kind === 'number' ? before.state : undefined, event),
    };
  }
  return { kind: 'agency', state: evolveAgency(before?.kind === 'agency' ? before.state : undefined, event) };
};

/** All that an aggregate's stream says about access. */
export const accessOf = (projected: Projected): readonly AccessRecord[] => {
  switch (projected.kind) {
    case 'agency':
      return agencyAccess(projected.state);
    case 'subaccount':
      return subaccountAccess(projected.state);
    case 'number':
      return numberAccess(projected.state);
  }
};

export const isOfSubaccount = (event: TenancyEvent): event is SubaccountEvent => 'subaccountId' in event.data;

export const isOfNumber = (event: TenancyEvent): event is NumberEvent => event.type === 'NumberAssigned';

export const isOfAgency = (event: TenancyEvent): event is AgencyEvent =>
  !isOfSubaccount(event) && !isOfNumber(event);
