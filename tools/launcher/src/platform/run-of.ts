import type { Run } from '../state/run-file';
import type { SupervisedProcess } from '../supervise/supervisor';
import { carrierUrl, eventStoreUrl, frontUrl, natsUrl } from './plan';
import type { Plan } from './plan';

/** What `run.json` says of a platform. */
export const runOf = (plan: Plan, processes: readonly SupervisedProcess[]): Run => ({
  api: frontUrl(plan),
  socket: `ws://127.0.0.1:${plan.ports.front}/ws`,
  gateways: plan.ports.services.gateway.map((port) => `ws://127.0.0.1:${port}/ws`),
  carrier: carrierUrl(plan),
  operator_token: plan.secrets.operator_token,
  eventstore: eventStoreUrl(plan),
  nats: natsUrl(plan),
  postgres: plan.postgresUrl,
  services: processes.map(({ name, replica, pid, health }) => ({ name, replica, pid, health })),
});
