import { z } from 'zod';
import { instantSchema } from '../route-entry';

/** RFC 9457 problem details, with our stable `error` code. */
export const problemSchema = z
  .object({
    type: z.string().meta({ description: 'A link to what the code means.' }),
    title: z.string(),
    status: z.number().int(),
    detail: z.string().meta({ description: 'A sentence that a person can act on.' }),
    error: z.string().meta({ description: 'A stable code.' }),
    request_id: z.string(),
    errors: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
    resets_at: instantSchema.optional(),
    phone_numbers: z.array(z.string()).optional(),
    ok: z.literal(false).optional().meta({ description: 'Of a send only.' }),
    id: z.string().optional().meta({ description: "Of a send only: the agent's own id for it." }),
  })
  .meta({ id: 'Problem' });
export type Problem = z.infer<typeof problemSchema>;
