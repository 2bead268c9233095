/** How the handling of one message ends. */
export type Outcome =
  | { readonly kind: 'done' }
  | {
      readonly kind: 'retry';
      readonly delayMs: number | undefined;
      readonly counts: boolean;
      readonly reason: string;
    }
  | { readonly kind: 'invalid'; readonly reason: string };

/** Dealt with, or nothing to do. */
export const done = (): Outcome => ({ kind: 'done' });

/**
 * Again after `delayMs`, or after the consumer's backoff. `counts: false` for what isn't the message's fault (a
 * part that is down): such tries never lead to the dead letter. A thrown `Unavailable` means the same.
 */
export const retry = (
  delayMs?: number,
  {
    counts = true,
    reason = 'asked to be tried again',
  }: { readonly counts?: boolean; readonly reason?: string } = {},
): Outcome => ({ kind: 'retry', delayMs, counts, reason });

/** Never to be handled: kept in the dead letter with the reason. */
export const invalid = (reason: string): Outcome => ({ kind: 'invalid', reason });
