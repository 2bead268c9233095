import { setTimeout as pauseFor } from 'node:timers/promises';

/** Waits `ms`, or until aborted; never throws. */
export const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  pauseFor(ms, undefined, { signal }).catch(() => undefined);
