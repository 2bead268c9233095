import type { IncomingMessage } from 'node:http';

const mostBytes = 8 * 1024 * 1024;
const withinMs = 5_000;

/**
 * Reads what is left of a body and forgets it, up to 8 MiB and five seconds. A connection that is closed while its
 * other end is still sending is reset, and the answer on it may be lost.
 */
export const discardBody = (request: IncomingMessage): Promise<void> =>
  new Promise((resolve) => {
    if (request.complete || request.destroyed) return resolve();
    let read = 0;
    const count = (part: Buffer): void => {
      read += part.length;
      if (read > mostBytes) done();
    };
    const done = (): void => {
      clearTimeout(timer);
      request.off('data', count).off('end', done).off('close', done);
      resolve();
    };
    const timer = setTimeout(done, withinMs);
    request.on('data', count).on('end', done).on('close', done).resume();
  });
