import { setTimeout as pause } from 'node:timers/promises';

export interface EventuallyOptions {
  /** The longest to wait; 5,000 ms where it isn't given. */
  readonly withinMs?: number;
  readonly everyMs?: number;
}

/** Waits until `check` passes, and answers what it returns; after the deadline throws what it threw last. */
export const eventually = async <T>(
  check: () => T | Promise<T>,
  { withinMs = 5_000, everyMs = 20 }: EventuallyOptions = {},
): Promise<T> => {
  const deadline = performance.now() + withinMs;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (performance.now() >= deadline) throw error;
      await pause(everyMs);
    }
  }
};
