import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Server } from 'node:http';

/** Answers `/health/live` while the process runs, and `/health/ready` by what `isReady` finds. Throws where the port can't be had. */
export const serveHealth = async (
  host: string,
  port: number,
  isReady: () => Promise<boolean>,
): Promise<Server> => {
  const server = createServer(async (request, response) => {
    const body = async (): Promise<readonly [number, string]> => {
      if (request.url === '/health/live') return [200, 'ok'];
      if (request.url !== '/health/ready') return [404, 'not_found'];
      return (await isReady()) ? [200, 'ok'] : [503, 'unavailable'];
    };
    const [code, status] = await body();
    response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify({ status }));
  });
  server.listen(port, host);
  await once(server, 'listening');
  return server;
};
