import { e164Schema, instantSchema } from '@claw/contracts';
import { defineCodec, shape } from '@claw/event-store';
import type { PhoneRouteEvent } from '@claw/routing-domain';
import { z } from 'zod';

const holder = { phoneNumber: e164Schema, subaccountId: z.string(), agencyId: z.string() };

/** The stored shapes of a phone route's events. A shape that was released is never changed, only followed. */
export const phoneRouteCodec = defineCodec<PhoneRouteEvent>({
  PhoneRouteClaimed: shape(z.object({ ...holder, at: instantSchema })),
  PhoneRouteReleased: shape(
    z.object({ ...holder, reason: z.enum(['requested', 'holder_closed']), at: instantSchema }),
  ),
});
