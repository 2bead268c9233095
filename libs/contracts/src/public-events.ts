import { z } from 'zod';
import { suspensionReasonSchema } from './access-entry';
import { e164Schema } from './phone-number';
import { instantSchema } from './route-entry';
import { actorSchema } from './service-call';
import type { EventContext } from './topology';

/**
 * What every public event carries, beside its own data. It belongs to no event's version: members may be added, as
 * long as they are optional; who doesn't know one passes over it.
 */
export const eventEnvelopeSchema = z.object({
  /** The stored event's id: the same however often it is published. */
  id: z.string(),
  name: z.string(),
  version: z.number().int(),
  at: instantSchema,
  /** The place in the log it was made from. */
  position: z.string(),
  /** Who did it; an event that was published before this was told doesn't. */
  actor: actorSchema.optional(),
  /** On which request; none where that was somebody else's. */
  requestId: z.string().optional(),
  data: z.unknown(),
});
export type EventEnvelope = z.infer<typeof eventEnvelopeSchema>;

const agencyId = z.uuid();
const ofSubaccount = z.object({ agencyId, subaccountId: z.uuid() });
/** Why a phone route ended: its holder wished it, or was closed. */
const releaseReasonSchema = z.enum(['requested', 'holder_closed']);
const withReason = { reason: suspensionReasonSchema };

/** A public event's name, version and data. Once published a version's shape never changes. */
const publicEvent = <const Name extends string, const Version extends number, Data extends z.ZodType>(
  context: EventContext,
  name: Name,
  version: Version,
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
    2,
    ofSubaccount.extend({ phoneNumber: e164Schema, reason: releaseReasonSchema }),
  ),
  /** Not published any more; the stream keeps those that were. */
  phoneRouteReleasedV1: publicEvent(
    'routing',
    'PhoneRouteReleased',
    1,
    ofSubaccount.extend({ phoneNumber: e164Schema }),
  ),
} as const;

/** The envelope of one public event, with its data. */
export const publicEventSchema = <Name extends string, Version extends number, Data extends z.ZodType>({
  name,
  version,
  data,
}: {
  readonly name: Name;
  readonly version: Version;
  readonly data: Data;
}) => eventEnvelopeSchema.extend({ name: z.literal(name), version: z.literal(version), data });
