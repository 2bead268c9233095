import { loadConfig } from '@claw/config';
import { ServiceApp } from '@claw/service';
import { NatsLink } from '@claw/messaging';
import { eventually, randomName } from '@claw/testing';
import { createLogger } from '@claw/observability';
import { AppModule } from '../app.module';
import type { NowMs } from '../clock';
import { gatewayConfig } from '../config';
import { Gateway } from '../gateway';
import type { Projections } from '../projections/projections';
import { serveAgents } from '../serve-agents';
import { defaultTimings, type Timings } from '../timings';

export interface TestGateway {
  /** With `/ws`. */
  readonly socket: string;
  readonly http: string;
  /** Its copies in memory, to make them stale. */
  readonly projections: Projections;
  /** Its way to NATS, to end its connection for good. */
  readonly nats: NatsLink;
  stop(): Promise<void>;
}

export interface TestGatewayOptions {
  readonly natsUrl: string;
  readonly limits?: 'default' | 'relaxed';
  readonly timings?: Partial<Timings>;
  readonly nowMs?: NowMs;
}

const running = new Set<TestGateway>();

/** Those that a failed test left. */
afterAll(async () => {
  await Promise.all([...running].map((gateway) => gateway.stop()));
}, 30_000);

/** A whole gateway in the test's own process, on a port of its own. */
export const startGateway = async (options: TestGatewayOptions): Promise<TestGateway> => {
  const { natsUrl, limits = 'default', timings = {}, nowMs = Date.now } = options;
  const config = loadConfig(gatewayConfig, {
    INSTANCE: randomName('gateway').replace('_', '-'),
    HTTP_PORT: '0',
    NATS_URL: natsUrl,
    LIMITS: limits,
    LOG_LEVEL: process.env['TEST_LOG'] ?? 'silent',
  });
  const logger = createLogger({ service: 'gateway', instance: config.INSTANCE, level: config.LOG_LEVEL });
  const module = AppModule.with(config, logger, { ...defaultTimings, ...timings }, nowMs);
  const service = await ServiceApp.create(module, { service: 'gateway', config, logger });
  await serveAgents(service.app);
  const http = await service.listen();
  const { projections } = service.app.get(Gateway);
  const gateway: TestGateway = {
    socket: `${http.replace('http', 'ws')}/ws`,
    http,
    projections,
    nats: service.app.get(NatsLink),
    stop: async () => {
      if (running.delete(gateway)) await service.stop();
    },
  };
  running.add(gateway);
  await eventually(() => ready(http), { withinMs: 15_000 });
  return gateway;
};

const ready = async (http: string): Promise<void> => {
  const { status } = await fetch(`${http}/health/ready`);
  if (status !== 200) throw new Error(`not ready: ${status}`);
};
