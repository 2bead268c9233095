import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { ServerStartFailed } from './server-start-failed';

/**
 * Single ports and whole ranges are drawn from different places, so that neither takes a port out of the other's
 * hands. Both are below the range that outgoing connections draw from: a client that keeps dialling a dead local server
 * could otherwise be given the server's own port and hold it.
 */
const single = { lowest: 10_000, highest: 20_000 };
const ranged = { lowest: 20_000, highest: 32_000 };
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
    const port = randomInt(single.lowest, single.highest);
    if (await isPortFree(port)) return port;
  }
  throw new Error(`no free port found between ${single.lowest} and ${single.highest}`);
};

/**
 * The first of `size` ports on 127.0.0.1 that nobody listens on. Ranges of one size never overlap in part, so two
 * that look at the same time get in each other's way only by drawing the very same one.
 */
export const freePortRange = async (size: number): Promise<number> => {
  const ranges = Math.floor((ranged.highest - ranged.lowest) / size);
  for (let attempt = 0; attempt < tries; attempt += 1) {
    const first = ranged.lowest + randomInt(ranges) * size;
    const free = await Promise.all(Array.from({ length: size }, (_, index) => isPortFree(first + index)));
    if (free.every(Boolean)) return first;
  }
  throw new Error(`no ${size} free ports in a row found between ${ranged.lowest} and ${ranged.highest}`);
};

/** Refuses with {@link ServerStartFailed} when somebody else listens on a port that `server` needs. */
export const requireFreePort = async (server: string, port: number): Promise<void> => {
  if (!(await isPortFree(port))) throw new ServerStartFailed(server, `port ${port} is already in use`);
};
