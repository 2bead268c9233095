import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { ServerStartFailed } from './server-start-failed';

/**
 * Below the range that outgoing connections draw from: a client that keeps dialling a dead local server could
 * otherwise be given the server's own port and hold it.
 */
const lowest = 20_000;
const highest = 32_000;
const tries = 200;

/** Whether a server may listen on 127.0.0.1:`port` now. */
export const isPortFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen({ port, host: '127.0.0.1', exclusive: true }, () => probe.close(() => resolve(true)));
  });

/** A port on 127.0.0.1 that nobody listens on. Another process may take it first: be ready to ask again. */
export const freePort = async (): Promise<number> => {
  for (let attempt = 0; attempt < tries; attempt += 1) {
    const port = randomInt(lowest, highest);
    if (await isPortFree(port)) return port;
  }
  throw new Error(`no free port found between ${lowest} and ${highest}`);
};

/** Refuses with {@link ServerStartFailed} when somebody else listens on a port that `server` needs. */
export const requireFreePort = async (server: string, port: number): Promise<void> => {
  if (!(await isPortFree(port))) throw new ServerStartFailed(server, `port ${port} is already in use`);
};
