import { z } from 'zod';
import { attachmentSchema, personSchema } from './feed-entry';
import { deliveryStates } from './message';
import { e164Schema } from './phone-number';
import { instantSchema } from './route-entry';
import { serviceCall } from './service-call';
import { pageSchema } from './tenancy-calls';

const id = z.uuid();
const ofSubaccount = z.object({ agencyId: id, subaccountId: id });

export const routeViewSchema = z.object({ phoneNumber: e164Schema, claimedAt: instantSchema });
export type RouteView = z.infer<typeof routeViewSchema>;

/** What became of one claim of many. */
export const claimOutcomeSchema = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), phoneNumber: e164Schema, alreadyClaimed: z.boolean() }),
  z.object({
    ok: z.literal(false),
    phoneNumber: e164Schema,
    code: z.enum(['phone_already_registered', 'route_limit_reached', 'invalid_request', 'unavailable']),
    detail: z.string(),
  }),
]);
export type ClaimOutcome = z.infer<typeof claimOutcomeSchema>;

/** Messages of one subaccount in a month (UTC): out as accepted, in as delivered to its feed. */
export const usageRowSchema = z.object({ subaccountId: id, messagesOut: z.number(), messagesIn: z.number() });
export type UsageRow = z.infer<typeof usageRowSchema>;

/** A message as the ledger has it. */
export const messageViewSchema = z.object({
  messageId: z.string(),
  chatId: z.string(),
  direction: z.enum(['in', 'out']),
  /** The agent's own id for it. */
  clientId: z.string().nullable(),
  from: personSchema,
  to: z.array(personSchema),
  text: z.string(),
  parts: z.array(z.unknown()),
  attachments: z.array(attachmentSchema),
  isGroup: z.boolean(),
  service: z.string().nullable(),
  status: z.enum([...deliveryStates, 'received']),
  errorCode: z.string().nullable(),
  error: z.string().nullable(),
  replyTo: z.string().nullable(),
  effect: z.string().nullable(),
  /** Out: when it was accepted. In: when the customer sent it. */
  at: instantSchema,
  sentAt: instantSchema.nullable(),
  deliveredAt: instantSchema.nullable(),
  readAt: instantSchema.nullable(),
  failedAt: instantSchema.nullable(),
});
export type MessageView = z.infer<typeof messageViewSchema>;

/** A chat as the ledger has it. */
export const chatViewSchema = z.object({
  chatId: id,
  isGroup: z.boolean(),
  participants: z.array(personSchema),
  createdAt: instantSchema,
  lastMessage: messageViewSchema.nullable(),
});
export type ChatView = z.infer<typeof chatViewSchema>;

/**
 * What routing answers. The caller has checked that the subaccount is the agency's; routing checks its status
 * again. Refusals: `not_found`, `subaccount_suspended`.
 */
export const routingCalls = {
  /** One outcome a number, in order. */
  claimRoutes: serviceCall(
    'routing.claim-routes',
    ofSubaccount.extend({
      phoneNumbers: z.array(e164Schema).min(1).max(1_000),
      /** The cap in force, from the agency's limits. */
      routeCap: z.number().int(),
    }),
    z.object({ outcomes: z.array(claimOutcomeSchema) }),
  ),
  /** Refuses `not_found` where the subaccount doesn't hold the number. */
  releaseRoute: serviceCall(
    'routing.release-route',
    ofSubaccount.extend({ phoneNumber: e164Schema }),
    z.object({}),
  ),
  listRoutes: serviceCall(
    'routing.list-routes',
    ofSubaccount.extend(pageSchema.shape),
    z.object({ data: z.array(routeViewSchema), nextCursor: z.string().nullable() }),
  ),
  countRoutes: serviceCall('routing.count-routes', ofSubaccount, z.object({ routes: z.number() })),
  /** `subaccountId` narrows it to one. Subaccounts without a message have no row. */
  usage: serviceCall(
    'routing.usage',
    z.object({
      agencyId: id,
      subaccountId: id.optional(),
      month: z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/),
    }),
    z.object({ rows: z.array(usageRowSchema) }),
  ),
  /** Newest first; `chatId` narrows it to one chat, `since` to what is not older. */
  listMessages: serviceCall(
    'routing.list-messages',
    ofSubaccount.extend({ ...pageSchema.shape, chatId: id.optional(), since: instantSchema.optional() }),
    z.object({ data: z.array(messageViewSchema), nextCursor: z.string().nullable() }),
  ),
  /** Refuses `not_found` for another subaccount's. */
  getMessage: serviceCall(
    'routing.get-message',
    ofSubaccount.extend({ messageId: z.string().max(255) }),
    messageViewSchema,
  ),
  /** The one with the newest message first. */
  listChats: serviceCall(
    'routing.list-chats',
    ofSubaccount.extend(pageSchema.shape),
    z.object({ data: z.array(chatViewSchema), nextCursor: z.string().nullable() }),
  ),
  /**
   * A sign of life for the other side of a chat, given at once or not at all: one that the carrier doesn't take is
   * not told again. A chat that the carrier doesn't know yet gets none.
   */
  signal: serviceCall(
    'routing.signal',
    ofSubaccount.extend({ chatId: id, signal: z.enum(['typing.start', 'typing.stop', 'read']) }),
    z.object({ given: z.boolean() }),
  ),
  rebuild: serviceCall(
    'routing.rebuild',
    z.object({ projection: z.enum(['routes', 'optouts']) }),
    z.object({ written: z.number(), pruned: z.number(), unchanged: z.number() }),
  ),
} as const;
