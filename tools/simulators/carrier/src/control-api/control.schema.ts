import { instant } from '@claw/kernel';
import { z } from 'zod';
import { E164 } from '../model/e164';
import { ServiceType } from '../model/service';

/** A customer texts one of our lines. */
export const InboundBody = z
  .strictObject({
    from: E164,
    to: E164,
    text: z.string().min(1).max(10_000),
    /** When the customer sent it; earlier than now for a message that reaches us late. */
    sent_at: z.iso.datetime({ offset: true }).transform(instant).optional(),
    service: ServiceType.optional(),
  })
  .refine(({ from, to }) => from !== to, { error: 'must differ from to', path: ['from'] });

/** Whose messages; neither: everyone's. */
export const MessagesQuery = z.strictObject({ to: E164.optional(), from: E164.optional() });
