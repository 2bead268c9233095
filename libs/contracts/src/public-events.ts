import { z } from 'zod';
import { suspensionReasonSchema } from './access-entry';
import { e164Schema } from './phone-number';
import { instantSchema } from './route-entry';
import type { EventContext } from './topology';

/** What every public event carries, beside its own data. */
export const eventEnvelopeSchema = z.object({
  /** The stored event's id: the same however often it is published. */
  id: z.string(),
  name: z.string(),
  version: z.number().int(),
  at: instantSchema,
  /** The place in the log it was made from. */
  position: z.string(),
  data: z.unknown(),
});
export type EventEnvelope = z.infer<typeof eventEnvelopeSchema>;

const agencyId = z.uuid();
const ofSubaccount = z.object({ agencyId, subaccountId: z.uuid() });
const withReason = { reason: suspensionReasonSchema };

/** A public event's name, version and data. Once published a version's shape never changes. */
const publicEvent = <Data extends z.ZodType>(
  context: EventContext,
  name: string,
  version: number,
  data: Data,
) => ({
  context,
  name,
  version,
  data,
});

/** What other services, and whoever follows, may know; never the stored event itself. */
export const publicEvents = {
  agencyActivated: publicEvent(
    'tenancy',
    'AgencyActivated',
    1,
    z.object({ agencyId, sendingNumber: e164Schema }),
  ),
  agencySuspended: publicEvent('tenancy', 'AgencySuspended', 1, z.object({ agencyId, ...withReason })),
  agencyReactivated: publicEvent('tenancy', 'AgencyReactivated', 1, z.object({ agencyId, ...withReason })),
  subaccountProvisioned: publicEvent(
    'tenancy',
    'SubaccountProvisioned',
    1,
    ofSubaccount.extend({ name: z.string(), messageLimit: z.number().int() }),
  ),
  messageLimitChanged: publicEvent(
    'tenancy',
    'MessageLimitChanged',
    1,
    ofSubaccount.extend({ messageLimit: z.number().int() }),
  ),
  subaccountSuspended: publicEvent('tenancy', 'SubaccountSuspended', 1, ofSubaccount.extend(withReason)),
  subaccountReactivated: publicEvent('tenancy', 'SubaccountReactivated', 1, ofSubaccount.extend(withReason)),
  subaccountClosed: publicEvent('tenancy', 'SubaccountClosed', 1, ofSubaccount),
  phoneRouteClaimed: publicEvent(
    'routing',
    'PhoneRouteClaimed',
    1,
    ofSubaccount.extend({ phoneNumber: e164Schema }),
  ),
  phoneRouteReleased: publicEvent(
    'routing',
    'PhoneRouteReleased',
    1,
    ofSubaccount.extend({ phoneNumber: e164Schema }),
  ),
} as const;
