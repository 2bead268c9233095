import { z } from 'zod';

/** One of our numbers, as far as more is said of it than that it works. */
export const LineRecord = z.object({
  phone_number: z.string(),
  /** A flagged line can't send. */
  status: z.enum(['ACTIVE', 'FLAGGED']),
  changed_at: z.string(),
});
export type LineRecord = z.infer<typeof LineRecord>;
export type LineStatus = LineRecord['status'];

/** How Linq sums up the standing of a line of this status. */
export const reputationOf = (status: LineStatus): 'HEALTHY' | 'CRITICAL' =>
  status === 'FLAGGED' ? 'CRITICAL' : 'HEALTHY';
