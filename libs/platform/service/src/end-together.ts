import type { Logger } from 'pino';

/** Waits until all have ended; one part that doesn't end in order is logged and keeps none of the others from it. */
export const endTogether = async (
  ends: readonly Promise<unknown>[],
  logger: Pick<Logger, 'warn'>,
): Promise<void> => {
  for (const end of await Promise.allSettled(ends)) {
    if (end.status === 'rejected') logger.warn({ err: end.reason as unknown }, 'a part did not end in order');
  }
};
