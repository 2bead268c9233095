/**
 * Milliseconds to wait before attempt `attempt` (1 is the first repeat): doubling from `base` up to `cap`,
 * half of it random so that many who failed together don't return together.
 */
export const backoffMs = (
  attempt: number,
  base = 100,
  cap = 10_000,
  random: () => number = Math.random,
): number => {
  const whole = Math.min(cap, base * 2 ** Math.min(attempt - 1, 30));
  return Math.round(whole / 2 + (whole / 2) * random());
};
