import { z } from 'zod';
import { agencyStatusSchema, subaccountStatusSchema, suspensionReasonSchema } from '../access-entry';
import { attachmentSchema, personSchema } from '../feed-entry';
import { defaultMessageLimit, maxClaimRows } from '../limits';
import { deliveryStates } from '../message';
import { e164Schema, phoneNumberSchema } from '../phone-number';
import { instantSchema } from '../route-entry';
import { actorSchema } from '../service-call';
import { emailSchema, externalIdSchema, messageLimitSchema, nameSchema } from '../tenancy-calls';

/** A whole number in a query string. */
const whole = (minimum: number, maximum: number) => z.coerce.number().int().min(minimum).max(maximum);

export const pageQuerySchema = z.object({
  limit: whole(1, 200).default(50),
  cursor: z.string().max(512).optional(),
});

export const monthSchema = z
  .string()
  .regex(/^2\d{3}-(0[1-9]|1[0-2])$/, 'must be a month like 2026-11')
  .meta({ example: '2026-11' });

export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.object({ data: z.array(item), next_cursor: z.string().nullable() });

/** Stored ids are in lower case; a UUID is the same in either. */
export const idParamSchema = z.object({ id: z.uuid().toLowerCase() });
export const phoneParamSchema = z.object({ phone_number: phoneNumberSchema });

/** A subaccount: the mission page's fields, and nothing else. */
export const subaccountSchema = z
  .object({
    id: z.uuid(),
    key_prefix: z.string().meta({ example: 'cm_live_XyZ9Ab3C' }),
    sending_number: e164Schema,
    status: subaccountStatusSchema,
    message_limit: z.number().int(),
    name: z.string(),
    email: z.string().nullable(),
    external_id: z.string().nullable(),
  })
  .meta({ id: 'Subaccount' });
export type SubaccountBody = z.infer<typeof subaccountSchema>;

const cap = z.number().int().min(0);

/** Volume limits as the HTTP contract names them. */
export const restLimitsSchema = z.object({
  subaccounts_per_agency: cap,
  routes_per_subaccount: cap,
  claims_per_minute: cap,
  provisioning_per_minute: cap,
  requests_per_minute: cap,
  sends_per_second: cap,
  sends_burst: cap,
  sends_per_recipient_per_minute: cap,
  new_recipients_per_day: cap,
});

export const usageSchema = z.object({
  month: monthSchema,
  messages_out: z.number().int(),
  messages_in: z.number().int(),
});

export const subaccountDetailSchema = subaccountSchema
  .extend({
    suspensions: z.array(suspensionReasonSchema),
    created_at: instantSchema,
    usage: usageSchema,
    routes: z.number().int(),
  })
  .meta({ id: 'SubaccountDetail' });

export const provisionBodySchema = z.object({
  name: nameSchema,
  email: emailSchema.nullish().transform((email) => email ?? null),
  external_id: externalIdSchema.nullish().transform((id) => id ?? null),
  message_limit: messageLimitSchema.default(defaultMessageLimit),
});

export const changeBodySchema = z
  .object({
    name: nameSchema.optional(),
    email: emailSchema.nullable().optional(),
    message_limit: messageLimitSchema.optional(),
  })
  .refine((body) => Object.values(body).some((value) => value !== undefined), {
    message: 'give at least one of name, email and message_limit',
  });

export const issuedKeySchema = z.object({
  id: z.uuid(),
  api_key: z.string().optional().meta({ description: 'Shown once.' }),
  key_prefix: z.string(),
});

export const agencySchema = z
  .object({
    id: z.uuid(),
    name: z.string(),
    email: z.string(),
    status: agencyStatusSchema,
    suspensions: z.array(suspensionReasonSchema),
    sending_number: e164Schema.nullable(),
    key_prefix: z.string().nullable(),
    help_text: z.string().nullable(),
    limits: restLimitsSchema,
    subaccounts: z.object({ active: z.number(), suspended: z.number(), closed: z.number() }),
    usage: usageSchema,
    created_at: instantSchema,
  })
  .meta({ id: 'Agency' });

export const routeSchema = z.object({ phone_number: e164Schema, claimed_at: instantSchema });

export const claimedSchema = z.object({
  ok: z.literal(true),
  phone_number: e164Schema,
  already_claimed: z.boolean(),
});

/** One row of a bulk claim: taken, or why not. */
export const claimRowSchema = z.object({
  phone_number: z.string(),
  ok: z.boolean(),
  already_claimed: z.boolean().optional(),
  error: z.string().optional(),
  detail: z.string().optional(),
});

/** One number or many; a number of many that isn't one is refused in its own row. */
export const claimBodySchema = z
  .object({
    phone_number: phoneNumberSchema.optional(),
    phone_numbers: z.array(z.string().max(64)).min(1).max(maxClaimRows).optional(),
  })
  .refine((body) => (body.phone_number === undefined) !== (body.phone_numbers === undefined), {
    message: 'exactly one of phone_number and phone_numbers must be given',
    path: ['phone_number'],
  })
  .meta({ description: 'Exactly one of `phone_number` and `phone_numbers`.' });

export const auditEntrySchema = z.object({
  position: z.string(),
  at: instantSchema,
  actor: actorSchema,
  event: z.string(),
  summary: z.string(),
  subaccount_id: z.uuid().nullable(),
  request_id: z.string().nullable(),
});

export const usageRowSchema = z.object({
  subaccount_id: z.uuid(),
  name: z.string(),
  external_id: z.string().nullable(),
  messages_out: z.number().int(),
  messages_in: z.number().int(),
});

/** A message of either direction, named as on the socket. */
export const messageSchema = z
  .object({
    messageId: z.string(),
    chatId: z.string(),
    direction: z.enum(['in', 'out']),
    id: z.string().nullable().meta({ description: "The agent's own id for it." }),
    from: personSchema,
    to: z.array(personSchema),
    text: z.string(),
    parts: z.array(z.unknown()),
    attachments: z.array(attachmentSchema),
    isGroup: z.boolean(),
    service: z.string().nullable(),
    status: z
      .enum([...deliveryStates, 'received'])
      .meta({ description: '`received` of what came in; of what went out, how far it has come.' }),
    errorCode: z.string().nullable(),
    error: z.string().nullable(),
    replyTo: z.object({ messageId: z.string() }).nullable(),
    effect: z.string().nullable(),
    timestamp: instantSchema.meta({ description: 'Out: when it was accepted. In: when it was sent.' }),
    sentAt: instantSchema.nullable(),
    deliveredAt: instantSchema.nullable(),
    readAt: instantSchema.nullable(),
    failedAt: instantSchema.nullable(),
  })
  .meta({ id: 'Message' });
export type MessageBody = z.infer<typeof messageSchema>;

export const chatSchema = z
  .object({
    chatId: z.uuid(),
    isGroup: z.boolean(),
    participants: z.array(personSchema),
    createdAt: instantSchema,
    lastMessage: messageSchema.nullable(),
  })
  .meta({ id: 'Chat' });
export type ChatBody = z.infer<typeof chatSchema>;
