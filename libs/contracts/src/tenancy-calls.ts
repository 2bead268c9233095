import { z } from 'zod';
import { agencyStatusSchema, subaccountStatusSchema, suspensionReasonSchema } from './access-entry';
import { maxMessageLimit, volumeLimitsSchema } from './limits';
import { e164Schema } from './phone-number';
import { instantSchema } from './route-entry';
import { actorSchema, serviceCall } from './service-call';

const id = z.uuid();
/** What every store can hold and every log can show: one line, without control characters or halves of characters. */
const line = () => z.string().regex(/^[^\p{Cc}\p{Cs}]*$/u, 'must not have control characters');
/** The same, of several lines. */
const lines = () => z.string().regex(/^(?:[^\p{Cc}\p{Cs}]|[\t\n\r])*$/u, 'must not have control characters');
export const nameSchema = line().trim().min(1).max(200);
export const emailSchema = z.email().max(320);
export const externalIdSchema = line().min(1).max(255);
/** What HELP answers. */
export const helpTextSchema = lines().trim().min(1).max(1_000);
/** Part of a name, email or external id, in any case. */
export const searchSchema = line().min(1).max(200);
export const messageLimitSchema = z.number().int().min(1).max(maxMessageLimit);
export const pageSchema = z.object({
  limit: z.number().int().min(1).max(200),
  /** Opaque: the `nextCursor` of the page before. */
  cursor: z.string().max(512).optional(),
});
/**
 * Where given, the new aggregate's id is made from it (UUIDv5), so that a call tried again after an unknown
 * outcome finds what the first one made.
 */
const idempotencyKeySchema = z.string().min(1).max(255).optional();
const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.object({ data: z.array(item), nextCursor: z.string().nullable() });

/** An agency as other services see it. */
export const agencyViewSchema = z.object({
  agencyId: id,
  name: z.string(),
  email: z.string(),
  status: agencyStatusSchema,
  suspensions: z.array(suspensionReasonSchema),
  sendingNumber: e164Schema.nullable(),
  keyPrefix: z.string().nullable(),
  helpText: z.string().nullable(),
  limits: volumeLimitsSchema.partial(),
  subaccounts: z.object({ active: z.number(), suspended: z.number(), closed: z.number() }),
  createdAt: instantSchema,
});
export type AgencyView = z.infer<typeof agencyViewSchema>;

/** A subaccount as other services see it; its key only ever by prefix. */
export const subaccountViewSchema = z.object({
  subaccountId: id,
  agencyId: id,
  name: z.string(),
  email: z.string().nullable(),
  externalId: z.string().nullable(),
  messageLimit: z.number().int(),
  status: subaccountStatusSchema,
  suspensions: z.array(suspensionReasonSchema),
  keyPrefix: z.string(),
  sendingNumber: e164Schema,
  createdAt: instantSchema,
});
export type SubaccountView = z.infer<typeof subaccountViewSchema>;

/** One fact of an audit trail, in plain words. */
export const auditEntrySchema = z.object({
  /** Sortable; `after` and `cursor` take it. */
  position: z.string(),
  at: instantSchema,
  actor: actorSchema,
  event: z.string(),
  summary: z.string(),
  subaccountId: id.nullable(),
  requestId: z.string().nullable(),
});
export type AuditEntry = z.infer<typeof auditEntrySchema>;

const ofSubaccount = z.object({ agencyId: id, subaccountId: id });
const issuedKey = z.object({ apiKey: z.string(), keyPrefix: z.string() });

/**
 * What tenancy answers. Refusals: `not_found` wherever a subaccount is named (also another agency's),
 * `payment_required` for changes while the agency isn't active, and those named below.
 */
export const tenancyCalls = {
  /**
   * An active agency, without invitation or card, with a sending number from the pool. `apiKey` only when created,
   * not when an `idempotencyKey` comes again. Refuses `no_sending_number`.
   */
  registerAgency: serviceCall(
    'tenancy.register-agency',
    z.object({ name: nameSchema, email: emailSchema, idempotencyKey: idempotencyKeySchema }),
    z.object({ agency: agencyViewSchema, apiKey: z.string().nullable(), keyPrefix: z.string() }),
  ),
  listAgencies: serviceCall('tenancy.list-agencies', pageSchema, pageOf(agencyViewSchema)),
  getAgency: serviceCall('tenancy.get-agency', z.object({ agencyId: id }), agencyViewSchema),
  changeHelpText: serviceCall(
    'tenancy.change-help-text',
    z.object({ agencyId: id, helpText: helpTextSchema.nullable() }),
    agencyViewSchema,
  ),
  changeAgencyLimits: serviceCall(
    'tenancy.change-agency-limits',
    z.object({ agencyId: id, limits: volumeLimitsSchema.partial() }),
    agencyViewSchema,
  ),
  /** The old parent key is refused from the answer on. */
  rotateParentKey: serviceCall('tenancy.rotate-parent-key', z.object({ agencyId: id }), issuedKey),
  suspendAgency: serviceCall(
    'tenancy.suspend-agency',
    z.object({ agencyId: id, reason: suspensionReasonSchema }),
    agencyViewSchema,
  ),
  reactivateAgency: serviceCall(
    'tenancy.reactivate-agency',
    z.object({ agencyId: id, reason: suspensionReasonSchema }),
    agencyViewSchema,
  ),
  /** Fills the pool of sending numbers; a number known already is left as it is. */
  addSendingNumbers: serviceCall(
    'tenancy.add-sending-numbers',
    z.object({ phoneNumbers: z.array(e164Schema).min(1).max(1_000) }),
    z.object({ added: z.number(), available: z.number() }),
  ),
  /** `apiKey` only when created; a repeat of `externalId` gives the existing one as it is. Refuses `subaccount_limit_reached`. */
  provisionSubaccount: serviceCall(
    'tenancy.provision-subaccount',
    z.object({
      agencyId: id,
      name: nameSchema,
      email: emailSchema.nullable(),
      externalId: externalIdSchema.nullable(),
      messageLimit: messageLimitSchema,
      idempotencyKey: idempotencyKeySchema,
      /** The cap in force, from the agency's limits. */
      subaccountCap: z.number().int(),
    }),
    z.object({ subaccount: subaccountViewSchema, apiKey: z.string().nullable() }),
  ),
  listSubaccounts: serviceCall(
    'tenancy.list-subaccounts',
    pageSchema.extend({
      agencyId: id,
      status: subaccountStatusSchema.optional(),
      externalId: externalIdSchema.optional(),
      q: searchSchema.optional(),
    }),
    pageOf(subaccountViewSchema),
  ),
  getSubaccount: serviceCall('tenancy.get-subaccount', ofSubaccount, subaccountViewSchema),
  changeSubaccount: serviceCall(
    'tenancy.change-subaccount',
    ofSubaccount.extend({
      name: nameSchema.optional(),
      email: emailSchema.nullable().optional(),
      messageLimit: messageLimitSchema.optional(),
    }),
    subaccountViewSchema,
  ),
  /** The old key is refused from the answer on. */
  rotateSubaccountKey: serviceCall('tenancy.rotate-subaccount-key', ofSubaccount, issuedKey),
  suspendSubaccount: serviceCall(
    'tenancy.suspend-subaccount',
    ofSubaccount.extend({ reason: suspensionReasonSchema }),
    subaccountViewSchema,
  ),
  reactivateSubaccount: serviceCall(
    'tenancy.reactivate-subaccount',
    ofSubaccount.extend({ reason: suspensionReasonSchema }),
    subaccountViewSchema,
  ),
  closeSubaccount: serviceCall('tenancy.close-subaccount', ofSubaccount, z.object({})),
  subaccountHistory: serviceCall(
    'tenancy.subaccount-history',
    pageSchema.extend(ofSubaccount.shape),
    pageOf(auditEntrySchema),
  ),
  agencyEvents: serviceCall(
    'tenancy.agency-events',
    z.object({ agencyId: id, after: z.string().max(64).optional(), limit: z.number().int().min(1).max(200) }),
    pageOf(auditEntrySchema),
  ),
  rebuild: serviceCall(
    'tenancy.rebuild',
    z.object({ projection: z.enum(['access', 'subaccounts']) }),
    z.object({ written: z.number(), pruned: z.number(), unchanged: z.number() }),
  ),
} as const;
