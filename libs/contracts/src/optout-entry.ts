import { z } from 'zod';

/** `optouts/<sending digits>.<customer digits>`. Who opted in again stays, marked, so that an older write can't undo it. */
export const optoutEntrySchema = z.object({
  optedOut: z.boolean(),
  /** The consent stream's newest revision. */
  revision: z.number().int().min(0),
});
export type OptoutEntry = z.infer<typeof optoutEntrySchema>;
