import { instantSchema } from '@claw/contracts';
import type { Month } from '@claw/kernel';
import { z } from 'zod';

const count = z.number().int().min(0);
const monthSchema = z.custom<Month>(
  (value) => typeof value === 'string' && /^\d{4}-\d{2}$/.test(value),
  'must be a month like 2030-01',
);

/**
 * `quota/<subaccountId>`: what a subaccount has used of its message limit, and which gateway process may accept
 * for it. Written by compare-and-set only.
 */
export const quotaRecordSchema = z.object({
  month: monthSchema,
  /** Accepted in `month`, exact up to `throughSeq`. */
  used: count,
  /** The OUTBOUND sequence up to which `used` counts. */
  throughSeq: count,
  /** How many more may have been accepted since: `used + granted` is never less than the truth. */
  granted: count,
  /** The gateway process that accepts, null for none. */
  owner: z.string().nullable(),
  /** Former owners that may still have a message of theirs under way. */
  debtors: z.array(z.string()),
  /** People first written to on a day (UTC). */
  newRecipients: z.object({ day: z.string(), count }).default({ day: '', count: 0 }),
  /** When a newer socket last took over from an older one: the newest three. */
  takeovers: z.array(instantSchema),
});
export type QuotaRecord = z.infer<typeof quotaRecordSchema>;

/** Never less than what was accepted in the month. */
export const worstCase = ({ used, granted }: QuotaRecord): number => used + granted;

/** Whether some of what was granted may be unspent: only a count of OUTBOUND can tell. */
export const isUnsettled = ({ granted }: QuotaRecord): boolean => granted > 0;

export const newQuota = (month: Month): QuotaRecord => ({
  month,
  used: 0,
  throughSeq: 0,
  granted: 0,
  owner: null,
  debtors: [],
  newRecipients: { day: '', count: 0 },
  takeovers: [],
});

/**
 * The record as of `month`: a new month starts with nothing used. What was granted for the month before can't be
 * spent in the new one. A record that is ahead of us (another gateway's clock) is left alone.
 */
export const inMonth = (record: QuotaRecord, month: Month): QuotaRecord =>
  month <= record.month ? record : { ...record, month, used: 0, granted: 0, debtors: [] };

/** The record in a new owner's hands; what the former one left unsettled stays withheld until it is counted. */
export const takenBy = (record: QuotaRecord, owner: string): QuotaRecord => ({
  ...record,
  owner,
  debtors:
    isUnsettled(record) && record.owner !== null
      ? [...new Set([...record.debtors, record.owner])]
      : record.debtors,
});

/** The largest block that an owner takes at once: a second's worth for the busiest. */
const largestBlock = 1_000;

/** How many messages to take for, of those that remain: half of them, at least one, so the edge is met exactly. */
export const blockOf = (remaining: number): number =>
  remaining <= 0 ? 0 : Math.min(largestBlock, Math.max(1, Math.floor(remaining / 2)));

/** With the next block for its owner; as it is where nothing is left under `limit`. */
export const grantBlock = (record: QuotaRecord, limit: number): QuotaRecord => ({
  ...record,
  granted: record.granted + blockOf(limit - worstCase(record)),
});

/** Exact again: `used` counts everything up to `throughSeq`, nothing is granted beyond it. */
export const settledAt = (record: QuotaRecord, used: number, throughSeq: number): QuotaRecord => ({
  ...record,
  used,
  throughSeq: Math.max(record.throughSeq, throughSeq),
  granted: 0,
  debtors: [],
});
