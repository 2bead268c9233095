import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { createFrontProxy } from './front-proxy';
import { Pool } from './pool';

const port = z.coerce.number().int().min(1).max(65_535);
const origins = z.string().transform((text) => text.split(','));
const configSchema = z.object({
  HTTP_PORT: port,
  HEALTH_PORT: port,
  FRONT_API: origins,
  FRONT_GATEWAY: origins,
  FRONT_ROUTING: origins,
});

const refreshMs = 250;
const drainMs = 5_000;

const listen = (server: Server, onPort: number): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(onPort, '127.0.0.1', resolve);
  });

const watch = async (pool: Pool, signal: AbortSignal): Promise<void> => {
  while (!signal.aborted) {
    await pool.refresh();
    await delay(refreshMs, undefined, { signal }).catch(() => undefined);
  }
};

const healthServer = (pools: readonly Pool[]): Server =>
  createServer((request, response) => {
    const answers: Readonly<Record<string, () => boolean>> = {
      '/health/live': () => true,
      '/health/ready': () => pools.every((pool) => pool.isUp),
    };
    const isWell = answers[request.url ?? ''];
    response.writeHead(isWell === undefined ? 404 : isWell() ? 200 : 503).end();
  });

const main = async (): Promise<void> => {
  const config = configSchema.parse(process.env);
  const pools = {
    api: new Pool(config.FRONT_API),
    gateway: new Pool(config.FRONT_GATEWAY),
    routing: new Pool(config.FRONT_ROUTING),
  };
  const everyPool = Object.values(pools);
  const front = createFrontProxy(pools);
  await Promise.all([listen(front, config.HTTP_PORT), listen(healthServer(everyPool), config.HEALTH_PORT)]);

  const stopping = new AbortController();
  const stop = (): void => {
    stopping.abort();
    front.close(() => process.exit(0));
    front.closeIdleConnections();
    setTimeout(() => process.exit(0), drainMs).unref();
  };
  process.once('SIGTERM', stop).once('SIGINT', stop);
  await Promise.all(everyPool.map((pool) => watch(pool, stopping.signal)));
};

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
