import { actorSchema } from '@claw/contracts';
import { z } from 'zod';

export const eventMetadataSchema = z.object({
  actor: actorSchema,
  requestId: z.string().min(1),
  /** The id of the event or message that led to this one. */
  causationId: z.string().min(1).optional(),
  /** The W3C trace that the change belongs to. */
  traceparent: z.string().min(1).optional(),
});

/** Who changed it, on whose request, because of what: stored beside every event. */
export type EventMetadata = z.output<typeof eventMetadataSchema>;
