import type {
  AgencyView,
  agencySchema,
  AuditEntry,
  SubaccountBody,
  SubaccountView,
  VolumeLimits,
} from '@claw/contracts';
import type { z } from 'zod';
import type { AgencyCaller } from '../http/api-request';

/** What a subaccount may do: its own standing, and its agency's. */
export const statusOf = (view: SubaccountView, agencyActive: boolean): SubaccountView['status'] =>
  view.status === 'active' && !agencyActive ? 'suspended' : view.status;

/** The mission page's fields. */
export const subaccountBody = (
  view: SubaccountView,
  { agencyActive }: Pick<AgencyCaller, 'agencyActive'>,
): SubaccountBody => ({
  id: view.subaccountId,
  key_prefix: view.keyPrefix,
  sending_number: view.sendingNumber,
  status: statusOf(view, agencyActive),
  message_limit: view.messageLimit,
  name: view.name,
  email: view.email,
  external_id: view.externalId,
});

export const auditBody = (entry: AuditEntry) => ({
  position: entry.position,
  at: entry.at,
  actor: entry.actor,
  event: entry.event,
  summary: entry.summary,
  subaccount_id: entry.subaccountId,
  request_id: entry.requestId,
});

type AgencyBody = z.infer<typeof agencySchema>;

export const agencyBody = (view: AgencyView, limits: VolumeLimits): Omit<AgencyBody, 'usage'> => ({
  id: view.agencyId,
  name: view.name,
  email: view.email,
  status: view.status,
  suspensions: view.suspensions,
  sending_number: view.sendingNumber,
  key_prefix: view.keyPrefix,
  help_text: view.helpText,
  limits: limitsBody(limits),
  subaccounts: view.subaccounts,
  created_at: view.createdAt,
});

const limitsBody = (limits: VolumeLimits): AgencyBody['limits'] => ({
  subaccounts_per_agency: limits.subaccountsPerAgency,
  routes_per_subaccount: limits.routesPerSubaccount,
  claims_per_minute: limits.claimsPerMinute,
  provisioning_per_minute: limits.provisioningPerMinute,
  requests_per_minute: limits.requestsPerMinute,
  sends_per_second: limits.sendsPerSecond,
  sends_burst: limits.sendsBurst,
  sends_per_recipient_per_minute: limits.sendsPerRecipientPerMinute,
  new_recipients_per_day: limits.newRecipientsPerDay,
});

/** Overrides as the services name them. */
export const overridesOf = (body: {
  readonly [Name in keyof AgencyBody['limits']]?: number | undefined;
}): Partial<VolumeLimits> => {
  const named: Partial<Record<keyof VolumeLimits, number | undefined>> = {
    subaccountsPerAgency: body.subaccounts_per_agency,
    routesPerSubaccount: body.routes_per_subaccount,
    claimsPerMinute: body.claims_per_minute,
    provisioningPerMinute: body.provisioning_per_minute,
    requestsPerMinute: body.requests_per_minute,
    sendsPerSecond: body.sends_per_second,
    sendsBurst: body.sends_burst,
    sendsPerRecipientPerMinute: body.sends_per_recipient_per_minute,
    newRecipientsPerDay: body.new_recipients_per_day,
  };
  return Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined));
};
