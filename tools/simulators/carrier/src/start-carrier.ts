import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@claw/kernel';
import { type FastifyInstance, LogController, fastify } from 'fastify';
import { AttachmentFiles } from './attachments/attachment-files';
import { AttachmentRecord, Attachments } from './attachments/attachments';
import { fileRoutes } from './attachments/file.routes';
import { BehaviourSetting } from './behaviour/behaviour.schema';
import { Behaviours } from './behaviour/behaviours';
import type { CarrierConfig } from './config';
import { controlApi } from './control-api/control-api';
import { Groups } from './network/groups';
import { Happenings } from './network/happenings';
import { Ledger } from './network/ledger';
import { Network } from './network/network';
import { Reactions } from './network/reactions';
import { Reading } from './network/reading';
import { Schedule } from './network/schedule';
import { Typing } from './network/typing';
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

const addressOf = (app: FastifyInstance, { HTTP_HOST }: CarrierConfig): string =>
  `http://${HTTP_HOST}:${(app.server.address() as AddressInfo).port}`;

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
  // Without a folder of its own everything goes with the process.
  const folder = config.CARRIER_DATA ?? (await mkdtemp(join(tmpdir(), 'claw-carrier-')));

  const behaviours = new Behaviours(new Table(engine, 'behaviours', BehaviourSetting));
  const ledger = new Ledger(engine);
  const happenings = new Happenings();
  const schedule = new Schedule();
  const typing = new Typing({ happenings, schedule, clock: systemClock });
  const network = new Network({
    ledger,
    behaviours,
    happenings,
    schedule,
    typing,
    clock: systemClock,
    rateLimited: config.LIMITS !== 'relaxed',
  });
  const attachments = new Attachments({
    records: new Table(engine, 'attachments', AttachmentRecord),
    files: new AttachmentFiles(join(folder, 'attachments')),
    clock: systemClock,
    url: () => addressOf(app, config),
  });
  const groups = new Groups({ ledger, behaviours, happenings, clock: systemClock });
  const reactions = new Reactions({ ledger, happenings, clock: systemClock });
  const reading = new Reading({ ledger, happenings, clock: systemClock });
  const pending = new Table(engine, 'webhooks', PendingWebhook);
  const outbox = openOutbox(config, behaviours, pending, app, stop.signal);
  if (outbox !== undefined) happenings.listen((happening) => outbox.enqueue(happening));

  const durable = () => engine.durable();
  const reset = async (): Promise<void> => {
    network.reset();
    outbox?.reset();
    behaviours.reset();
    await attachments.reset();
  };
  let ready = false;
  app.get('/health/live', async () => ({ status: 'ok' }));
  app.get('/health/ready', async (_request, reply) =>
    reply.code(ready ? 200 : 503).send({ status: ready ? 'ok' : 'starting' }),
  );
  const parts = {
    attachments,
    behaviours,
    groups,
    happenings,
    ledger,
    network,
    reactions,
    reading,
    typing,
    durable,
    reset,
  };
  app.register(partnerApi({ apiKey: config.LINQ_API_V3_API_KEY, ...parts }), { prefix: '/v3' });
  app.register(controlApi(parts), { prefix: '/sim' });
  app.register(fileRoutes(attachments, durable));

  const close = async (): Promise<void> => {
    ready = false;
    schedule.clear();
    outbox?.close();
    stop.abort();
    await app.close();
    await engine.close();
    if (config.CARRIER_DATA === undefined) await rm(folder, { recursive: true, force: true });
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
  return { url: addressOf(app, config), close };
};
