import { join } from 'node:path';
import { httpAnswers, requireFreePort, startServer, workspaceRoot } from '@claw/local-servers';
import { label } from '../supervise/unit';
import type { Unit } from '../supervise/unit';
import { carrierUrl, eventStoreUrl, frontUrl, natsUrl } from './plan';
import type { Plan } from './plan';
import { layers, nodeFlags, stopGraceMs } from './process-settings';
import { serviceNames } from './services';
import type { ServiceName } from './services';

/** What a service is told beyond what all are told: no service gets an address or a secret it has no use for. */
const ownEnv = (service: ServiceName, plan: Plan): NodeJS.ProcessEnv => {
  const stores = { EVENTSTORE_URL: eventStoreUrl(plan), POSTGRES_URL: plan.postgresUrl };
  switch (service) {
    case 'api':
      return { OPERATOR_TOKEN: plan.secrets.operator_token, PUBLIC_URL: frontUrl(plan) };
    case 'tenancy':
      return stores;
    case 'routing':
      return {
        ...stores,
        LINQ_API_V3_API_KEY: plan.secrets.carrier_api_key,
        LINQ_API_V3_BASE_URL: carrierUrl(plan),
        LINQ_WEBHOOK_SECRET: plan.secrets.carrier_webhook_secret,
      };
    case 'gateway':
      return {};
  }
};

/** The whole environment of one service's process. */
export const serviceEnv = (
  service: ServiceName,
  replica: number,
  port: number,
  plan: Plan,
): NodeJS.ProcessEnv => ({
  HTTP_HOST: '127.0.0.1',
  HTTP_PORT: String(port),
  NATS_URL: natsUrl(plan),
  JETSTREAM_REPLICAS: String(plan.ports.nats.length),
  INSTANCE: label({ name: service, replica }),
  LIMITS: plan.relaxed ? 'relaxed' : 'default',
  LOG_LEVEL: process.env['LOG_LEVEL'] ?? 'info',
  ...ownEnv(service, plan),
});

const serviceUnit = (service: ServiceName, replica: number, port: number, plan: Plan): Unit => ({
  name: service,
  replica,
  health: `http://127.0.0.1:${port}/health/ready`,
  layer: layers.services,
  stopGraceMs,
  start: async (context) => {
    const name = label({ name: service, replica });
    await requireFreePort(name, port);
    return startServer({
      ...context,
      name,
      command: process.execPath,
      args: [...nodeFlags[service], join(workspaceRoot(), `dist/apps/${service}/src/main.js`)],
      env: { ...process.env, NO_COLOR: '1', ...serviceEnv(service, replica, port, plan) },
      logFile: plan.folder.logOf(service, replica),
      deadlineMs: 30_000,
      detached: true,
      // Alive is enough to be kept: whether the parts behind it are up shows in its readiness.
      ready: () => httpAnswers(`http://127.0.0.1:${port}/health/live`),
    });
  },
});

/** Every replica of every service. */
export const serviceUnits = (plan: Plan): readonly Unit[] =>
  serviceNames.flatMap((service) =>
    plan.ports.services[service].map((port, index) => serviceUnit(service, index + 1, port, plan)),
  );
