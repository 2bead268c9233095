import { e164Schema, instantSchema, suspensionReasonSchema } from '@claw/contracts';
import { type Codec, defineCodec, type EventShapes, shape } from '@claw/event-store';
import type { AgencyEvent, NumberEvent, SubaccountEvent, TenancyEvent } from '@claw/tenancy-domain';
import { z } from 'zod';

// A released version's schema is frozen: a change is a new version with its upcast, and a fixture of its own.
const id = z.string().min(1);
const reason = suspensionReasonSchema;
const key = z.object({ id, prefix: z.string(), hash: z.string().regex(/^[0-9a-f]{64}$/) });
const ofAgency = z.object({ agencyId: id, at: instantSchema });
const ofSubaccount = ofAgency.extend({ subaccountId: id });

const agencyShapes: EventShapes<AgencyEvent> = {
  AgencyRegistered: shape(
    ofAgency.extend({ name: z.string(), email: z.string(), cardRequired: z.boolean() }),
  ),
  AgencyActivated: shape(ofAgency.extend({ sendingNumber: e164Schema })),
  ParentKeyIssued: shape(ofAgency.extend({ key })),
  ParentKeyRotated: shape(ofAgency.extend({ key })),
  HelpTextChanged: shape(ofAgency.extend({ helpText: z.string().nullable() })),
  AgencyLimitsChanged: shape(ofAgency.extend({ limits: z.record(z.string(), z.number().int().min(0)) })),
  AgencySuspended: shape(ofAgency.extend({ reason })),
  AgencyReactivated: shape(ofAgency.extend({ reason })),
};

const subaccountShapes: EventShapes<SubaccountEvent> = {
  SubaccountProvisioned: shape(
    ofSubaccount.extend({
      name: z.string(),
      email: z.string().nullable(),
      externalId: z.string().nullable(),
      generation: z.number().int().min(1),
      messageLimit: z.number().int(),
      key,
      sendingNumber: e164Schema,
    }),
  ),
  SubaccountDetailsChanged: shape(
    ofSubaccount.extend({ name: z.string().optional(), email: z.string().nullable().optional() }),
  ),
  MessageLimitChanged: shape(ofSubaccount.extend({ messageLimit: z.number().int() })),
  SubaccountKeyRotated: shape(ofSubaccount.extend({ key })),
  SubaccountSuspended: shape(ofSubaccount.extend({ reason })),
  SubaccountReactivated: shape(ofSubaccount.extend({ reason })),
  SubaccountClosed: shape(ofSubaccount),
};

const numberShapes: EventShapes<NumberEvent> = {
  NumberAssigned: shape(z.object({ sendingNumber: e164Schema, agencyId: id, at: instantSchema })),
};

export const agencyCodec: Codec<AgencyEvent> = defineCodec(agencyShapes);
export const subaccountCodec: Codec<SubaccountEvent> = defineCodec(subaccountShapes);
export const numberCodec: Codec<NumberEvent> = defineCodec(numberShapes);
/** Every event of the context, as who follows the log reads it. */
export const tenancyCodec: Codec<TenancyEvent> = defineCodec({
  ...agencyShapes,
  ...subaccountShapes,
  ...numberShapes,
});
