import { e164Schema, type SubaccountView } from '@claw/contracts';
import { type Subaccount, subaccountStatus } from '@claw/tenancy-domain';

/** A subaccount as other services see it. */
export const subaccountView = (subaccount: Subaccount): SubaccountView => ({
  subaccountId: subaccount.subaccountId,
  agencyId: subaccount.agencyId,
  name: subaccount.name,
  email: subaccount.email,
  externalId: subaccount.externalId,
  messageLimit: subaccount.messageLimit,
  status: subaccountStatus(subaccount),
  suspensions: [...subaccount.suspensions].sort(),
  keyPrefix: subaccount.key.prefix,
  sendingNumber: e164Schema.parse(subaccount.sendingNumber),
  createdAt: subaccount.provisionedAt,
});
