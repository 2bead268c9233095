import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@claw/kernel';
import { type FastifyInstance, LogController, fastify } from 'fastify';
import { fileRoutes } from './attachments/file.routes';
import type { Behaviours } from './behaviour/behaviours';
import { carrierParts, resetParts } from './carrier-parts';
import type { CarrierConfig } from './config';
import { controlApi } from './control-api/control-api';
import { pageRoutes } from './page.routes';
import { partnerApi } from './partner-api/partner-api';
import { memoryEngine } from './store/engine';
import { openLmdbEngine } from './store/lmdb-engine';
import { Table } from './store/table';
import { PendingWebhook, WebhookOutbox } from './webhooks/webhook-outbox';
import { webhookPoster } from './webhooks/webhook-poster';

export interface RunningCarrier {
  /** What `LINQ_API_V3_BASE_URL` is to be set to. */
  readonly url: string;
  /** Stops taking requests, cuts those under way, and writes out what is left. What is pending stays pending. */
  close(): Promise<void>;
}

const openOutbox = (
  config: CarrierConfig,
  behaviours: Behaviours,
  pending: Table<PendingWebhook>,
  app: FastifyInstance,
  stop: AbortSignal,
): WebhookOutbox | undefined => {
  const { WEBHOOK_URL, LINQ_WEBHOOK_SECRET, WEBHOOK_RETRY_SCALE } = config;
  if (WEBHOOK_URL === undefined || LINQ_WEBHOOK_SECRET === undefined) return undefined;
  return new WebhookOutbox({
    pending,
    behaviours,
    post: webhookPoster(WEBHOOK_URL, LINQ_WEBHOOK_SECRET, stop),
    clock: systemClock,
    retryScale: WEBHOOK_RETRY_SCALE,
    onGivenUp: ({ event_id, event_type, retries }, status) =>
      app.log.warn({ event_id, event_type, retries, status }, 'webhook given up'),
  });
};

/**
 * Starts the simulator and takes up again what was on its way.
 *
 * @param onFault called when the disk fails: the process should end, since memory is then ahead of it
 */
export const startCarrier = async (
  config: CarrierConfig,
  onFault: (fault: unknown) => void,
): Promise<RunningCarrier> => {
  const { CARRIER_DATA, HTTP_HOST, HTTP_PORT } = config;
  const engine = CARRIER_DATA === undefined ? memoryEngine() : openLmdbEngine(CARRIER_DATA, onFault);
  const app = fastify({
    logger: { name: 'carrier', level: config.LOG_LEVEL },
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => randomUUID().replaceAll('-', ''),
    forceCloseConnections: true,
  });
  const stop = new AbortController();
  // Without a folder of its own everything goes with the process; one is only made for bytes that come.
  const folder = CARRIER_DATA ?? join(tmpdir(), `claw-carrier-${randomUUID()}`);
  const url = (): string => `http://${HTTP_HOST}:${(app.server.address() as AddressInfo).port}`;

  const parts = carrierParts({ engine, folder, url, rateLimited: config.LIMITS !== 'relaxed' });
  const { attachments, behaviours, happenings, network, schedule, durable } = parts;
  const pending = new Table(engine, 'webhooks', PendingWebhook);
  const outbox = openOutbox(config, behaviours, pending, app, stop.signal);
  if (outbox !== undefined) happenings.listen((happening) => outbox.enqueue(happening));
  const reset = (): Promise<void> => {
    outbox?.reset();
    return resetParts(parts);
  };

  let ready = false;
  app.get('/health/live', async () => ({ status: 'ok' }));
  app.get('/health/ready', async (_request, reply) =>
    reply.code(ready ? 200 : 503).send({ status: ready ? 'ok' : 'starting' }),
  );
  app.register(partnerApi({ apiKey: config.LINQ_API_V3_API_KEY, ...parts }), { prefix: '/v3' });
  app.register(controlApi({ ...parts, reset }), { prefix: '/sim' });
  app.register(fileRoutes(attachments, durable));
  pageRoutes(app, url);

  const close = async (): Promise<void> => {
    ready = false;
    schedule.clear();
    outbox?.close();
    stop.abort();
    await app.close();
    await engine.close();
    if (CARRIER_DATA === undefined) await rm(folder, { recursive: true, force: true });
  };
  try {
    await app.listen({ host: HTTP_HOST, port: HTTP_PORT });
  } catch (fault) {
    await close();
    throw fault;
  }
  network.resume();
  outbox?.resume();
  ready = true;
  return { url: url(), close };
};
