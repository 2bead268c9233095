import { freePort, requireFreePort } from './free-port';
import { ServerStartFailed } from './server-start-failed';

const tries = 3;

/**
 * Starts a server on the ports asked for, choosing free ones where none is given. A chosen port that somebody
 * else took in between is chosen anew, three times at most; a given one that is taken is refused in one line.
 */
export const withFreePorts = async <Server>(
  server: string,
  asked: readonly (number | undefined)[],
  start: (ports: readonly number[]) => Promise<Server>,
): Promise<Server> => {
  for (const port of asked) if (port !== undefined) await requireFreePort(server, port);
  const chooses = asked.includes(undefined);
  for (let attempt = 1; ; attempt += 1) {
    const ports = await Promise.all(asked.map((port) => port ?? freePort()));
    try {
      return await start(ports);
    } catch (error) {
      const taken = error instanceof ServerStartFailed && /in use|EADDRINUSE/i.test(error.message);
      if (!taken || !chooses || attempt === tries) throw error;
    }
  }
};
