import { e164Schema, instantSchema } from '@claw/contracts';
import { defineCodec, shape } from '@claw/event-store';
import type { ConsentEvent } from '@claw/routing-domain';
import { z } from 'zod';

const wish = z.object({
  sendingNumber: e164Schema,
  phoneNumber: e164Schema,
  messageId: z.string(),
  at: instantSchema,
});

/** The stored shapes of what people wish of a sending number. A shape that was released is never changed, only followed. */
export const consentCodec = defineCodec<ConsentEvent>({ OptedOut: shape(wish), OptedIn: shape(wish) });
