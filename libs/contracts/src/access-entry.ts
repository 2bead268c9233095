import { z } from 'zod';
import { volumeLimitsSchema } from './limits';
import { e164Schema } from './phone-number';

/** Independent reasons not to send; only when none is left does a subaccount or an agency send again. */
export const suspensionReasonSchema = z.enum(['agency_request', 'payment_failed', 'operator']);
export type SuspensionReason = z.infer<typeof suspensionReasonSchema>;

/** The revision of the stream that a projected value tells of: the newer one wins, whoever writes last. */
const revision = z.number().int().min(0);

/** `key.<sha256>`: whose key it is. A rotated or closed one stays, marked. */
export const keyEntrySchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('agency'), agencyId: z.string(), revoked: z.boolean(), revision }),
  z.object({
    kind: z.literal('subaccount'),
    agencyId: z.string(),
    subaccountId: z.string(),
    revoked: z.boolean(),
    revision,
  }),
]);
export type KeyEntry = z.infer<typeof keyEntrySchema>;

export const subaccountStatusSchema = z.enum(['active', 'suspended', 'closed']);
export type SubaccountStatus = z.infer<typeof subaccountStatusSchema>;

/** `sub.<id>`. `keyHash` is the only key that works: a socket with another one must end. */
export const subaccountEntrySchema = z.object({
  agencyId: z.string(),
  status: subaccountStatusSchema,
  messageLimit: z.number().int(),
  keyHash: z.string(),
  revision,
});
export type SubaccountEntry = z.infer<typeof subaccountEntrySchema>;

export const agencyStatusSchema = z.enum(['pending', 'active', 'suspended']);
export type AgencyStatus = z.infer<typeof agencyStatusSchema>;

/** `agency.<id>`. Pending: signed up, no card yet. While it isn't active, none of its subaccounts sends. */
export const agencyEntrySchema = z.object({
  /** Entries that were written before it was kept here lack it until `access` is rebuilt. */
  name: z.string().optional(),
  status: agencyStatusSchema,
  suspensions: z.array(suspensionReasonSchema),
  sendingNumber: e164Schema.nullable(),
  keyHash: z.string().nullable(),
  helpText: z.string().nullable(),
  limits: volumeLimitsSchema.partial(),
  revision,
});
export type AgencyEntry = z.infer<typeof agencyEntrySchema>;

/** `number.<digits>`: the agency that a sending number was given to, for good. */
export const sendingNumberEntrySchema = z.object({ agencyId: z.string(), revision });
export type SendingNumberEntry = z.infer<typeof sendingNumberEntrySchema>;
