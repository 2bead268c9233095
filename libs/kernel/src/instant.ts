declare const brand: unique symbol;

/** A moment as an ISO 8601 UTC string with milliseconds: what events, messages and answers carry. */
export type Instant = string & { readonly [brand]: 'Instant' };

/** Where the edges get the time from; decisions get it as an argument. */
export interface Clock {
  now(): Instant;
}

/** The moment of a date, of milliseconds since the Unix epoch, or of any date text. Throws RangeError where it is none. */
export const instant = (value: Date | number | string): Instant => new Date(value).toISOString() as Instant;

/** Milliseconds since the Unix epoch. */
export const epochMs = (at: Instant): number => Date.parse(at);

export const plusMs = (at: Instant, ms: number): Instant => instant(epochMs(at) + ms);

/** A calendar month in UTC as `YYYY-MM`: the period that a message limit counts. */
export type Month = string & { readonly [brand]: 'Month' };

export const monthOf = (at: Instant): Month => at.slice(0, 7) as Month;

/** The first moment after the month: when its limit starts anew. */
export const endOfMonth = (month: Month): Instant => {
  const [year, number] = month.split('-').map(Number) as [number, number];
  return instant(Date.UTC(year, number, 1));
};

export const systemClock: Clock = { now: () => instant(Date.now()) };
