/** How often a webhook that wasn't taken is sent again. */
export const MAX_RETRIES = 10;

/** Doubling from here, ten waits add up to a little over 25 minutes. */
const FIRST_WAIT_MS = 1_500;

/**
 * Milliseconds to wait before retry number `retry` (1 is the first), or `undefined` when it is given up.
 *
 * @param scale shortens or stretches the whole schedule; 1 is Linq's
 */
export const retryWaitMs = (retry: number, scale: number): number | undefined =>
  retry > MAX_RETRIES ? undefined : Math.round(FIRST_WAIT_MS * 2 ** (retry - 1) * scale);

export type Delivery = 'taken' | 'again' | 'refused';

/** What an answer means: taken, worth another try, or refused for good. No answer at all is worth another try. */
export const judge = (status: number | undefined): Delivery => {
  if (status === undefined || status === 429 || status >= 500) return 'again';
  return status >= 200 && status < 300 ? 'taken' : 'refused';
};
