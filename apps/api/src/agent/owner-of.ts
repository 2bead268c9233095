import type { SubaccountCaller } from '../http/api-request';
import type { RouteOwner } from '../routes/phone-routes';

/** Whom a call of a subaccount's own key is about: itself. */
export const ownerOf = ({ agencyId, subaccountId }: SubaccountCaller): RouteOwner => ({
  agencyId,
  subaccountId,
});
