import { z } from 'zod';
import { sendFrameSchema } from './agent-frames';
import { instantSchema } from './route-entry';
import { sendResultSchema } from './server-frames';
import { serviceCall } from './service-call';

const ofSubaccount = z.object({ agencyId: z.uuid(), subaccountId: z.uuid() });

/** What any gateway answers; one that doesn't own the subaccount asks the one that does. */
export const gatewayCalls = {
  /** The same acceptance as on the socket, by the same owner. A refused send is a value (`ok: false`), not a refusal of the call. */
  send: serviceCall('gateway.send', ofSubaccount.extend({ frame: sendFrameSchema }), sendResultSchema),
  /** What the subaccount has used of its limit in the running month (UTC). */
  usage: serviceCall(
    'gateway.usage',
    ofSubaccount,
    z.object({ used: z.number().int(), resetsAt: instantSchema, connected: z.boolean() }),
  ),
  rebuild: serviceCall(
    'gateway.rebuild',
    z.object({ projection: z.enum(['quota']) }),
    z.object({ written: z.number(), pruned: z.number(), unchanged: z.number() }),
  ),
} as const;
