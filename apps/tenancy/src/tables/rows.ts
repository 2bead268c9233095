import { type Agency, agencyStatus, type Subaccount, subaccountStatus } from '@claw/tenancy-domain';
import type { AuditRecord } from '../audit/audit-record';
import type { Table } from './table';

export const agencyTable: Table = {
  name: 'agencies',
  key: 'agency_id',
  columns: {
    agency_id: 'uuid',
    name: 'text',
    email: 'text',
    status: 'text',
    card_required: 'boolean',
    suspensions: 'text[]',
    sending_number: 'text',
    key_prefix: 'text',
    help_text: 'text',
    limits: 'jsonb',
    created_at: 'timestamptz',
    revision: 'integer',
  },
};

export const agencyRow = (agency: Agency) => ({
  agency_id: agency.agencyId,
  name: agency.name,
  email: agency.email,
  status: agencyStatus(agency),
  card_required: agency.cardRequired,
  suspensions: [...agency.suspensions].sort(),
  sending_number: agency.sendingNumber,
  key_prefix: agency.key?.prefix ?? null,
  help_text: agency.helpText,
  limits: agency.limits,
  created_at: agency.registeredAt,
  revision: agency.revision,
});

export const subaccountTable: Table = {
  name: 'subaccounts',
  key: 'subaccount_id',
  columns: {
    subaccount_id: 'uuid',
    agency_id: 'uuid',
    name: 'text',
    email: 'text',
    external_id: 'text',
    message_limit: 'integer',
    status: 'text',
    suspensions: 'text[]',
    key_prefix: 'text',
    sending_number: 'text',
    created_at: 'timestamptz',
    revision: 'integer',
  },
};

export const subaccountRow = (subaccount: Subaccount) => ({
  subaccount_id: subaccount.subaccountId,
  agency_id: subaccount.agencyId,
  name: subaccount.name,
  email: subaccount.email,
  external_id: subaccount.externalId,
  message_limit: subaccount.messageLimit,
  status: subaccountStatus(subaccount),
  suspensions: [...subaccount.suspensions].sort(),
  key_prefix: subaccount.key.prefix,
  sending_number: subaccount.sendingNumber,
  created_at: subaccount.provisionedAt,
  revision: subaccount.revision,
});

export const auditTable: Table = {
  name: 'audit_entries',
  key: 'event_id',
  columns: {
    event_id: 'uuid',
    position: 'text',
    agency_id: 'uuid',
    subaccount_id: 'uuid',
    at: 'timestamptz',
    actor_kind: 'text',
    actor_id: 'text',
    event: 'text',
    summary: 'text',
    request_id: 'text',
  },
};

export const auditRow = (record: AuditRecord) => ({
  event_id: record.eventId,
  position: record.position,
  agency_id: record.agencyId,
  subaccount_id: record.subaccountId,
  at: record.at,
  actor_kind: record.actor.kind,
  actor_id: record.actor.id,
  event: record.event,
  summary: record.summary,
  request_id: record.requestId,
});
