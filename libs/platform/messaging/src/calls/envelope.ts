import { z } from 'zod';

/** A fault of ours, on the wire beside refusals. */
export const faultCodes = {
  unavailable: 'unavailable',
  internal: 'internal',
  invalid: 'invalid_request',
} as const;

/** The answer to a call before its value has been checked. */
export const envelopeSchema = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), value: z.unknown() }),
  z.object({
    ok: z.literal(false),
    error: z.looseObject({
      code: z.string(),
      detail: z.string(),
      fields: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
    }),
  }),
]);

/** How NestJS's NATS transport frames an answer. */
export const packetSchema = z.object({ response: z.unknown().optional(), err: z.unknown().optional() });
