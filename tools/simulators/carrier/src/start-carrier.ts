import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { systemClock } from '@claw/kernel';
import { type FastifyInstance, LogController, fastify } from 'fastify';
import { BehaviourSetting } from './behaviour/behaviour.schema';
import { Behaviours } from './behaviour/behaviours';
import type { CarrierConfig } from './config';
import { controlApi } from './control-api/control-api';
import { Happenings } from './network/happenings';
import { Ledger } from './network/ledger';
import { Network } from './network/network';
import { Schedule } from './network/schedule';
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
  const engine =
    config.CARRIER_DATA === undefined ? memoryEngine() : openLmdbEngine(config.CARRIER_DATA, onFault);
  const app = fastify({
    logger: { name: 'carrier', level: config.LOG_LEVEL },
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => randomUUID().replaceAll('-', ''),
    forceCloseConnections: true,
  });
  const stop = new AbortController();

  const behaviours = new Behaviours(new Table(engine, 'behaviours', BehaviourSetting));
  const ledger = new Ledger(engine);
  const happenings = new Happenings();
  const schedule = new Schedule();
  const network = new Network({
    ledger,
    behaviours,
    happenings,
    schedule,
    clock: systemClock,
    rateLimited: config.LIMITS !== 'relaxed',
  });
  const pending = new Table(engine, 'webhooks', PendingWebhook);
  const outbox = openOutbox(config, behaviours, pending, app, stop.signal);
  if (outbox !== undefined) happenings.listen((happening) => outbox.enqueue(happening));

  const durable = () => engine.durable();
  const reset = (): void => {
    network.reset();
    outbox?.reset();
    behaviours.reset();
  };
  let ready = false;
  app.get('/health/live', async () => ({ status: 'ok' }));
  app.get('/health/ready', async (_request, reply) =>
    reply.code(ready ? 200 : 503).send({ status: ready ? 'ok' : 'starting' }),
  );
  app.register(partnerApi({ apiKey: config.LINQ_API_V3_API_KEY, behaviours, ledger, network, durable }), {
    prefix: '/v3',
  });
  app.register(controlApi({ behaviours, happenings, ledger, network, durable, reset }), { prefix: '/sim' });

  const close = async (): Promise<void> => {
    ready = false;
    schedule.clear();
    outbox?.close();
    stop.abort();
    await app.close();
    await engine.close();
  };
  try {
    await app.listen({ host: config.HTTP_HOST, port: config.HTTP_PORT });
  } catch (fault) {
    await close();
    throw fault;
  }
  network.resume();
  outbox?.resume();
  ready = true;
  const { port } = app.server.address() as AddressInfo;
  return { url: `http://${config.HTTP_HOST}:${port}`, close };
};
