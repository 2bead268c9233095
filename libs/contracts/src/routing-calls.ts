import { z } from 'zod';
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
  rebuild: serviceCall(
    'routing.rebuild',
    z.object({ projection: z.enum(['routes']) }),
    z.object({ written: z.number(), pruned: z.number(), unchanged: z.number() }),
  ),
} as const;
