import { epochMs, type Instant } from '@claw/kernel';

const dayMs = 24 * 60 * 60 * 1_000;

/** Policy: an idempotency key stands for one wish for 24 hours; after that it says a new one. */
export const isForgotten = (madeAt: Instant, now: Instant): boolean =>
  epochMs(now) - epochMs(madeAt) >= dayMs;
