import { join } from 'node:path';
import {
  postgresStopSignal,
  requireFreePort,
  startEventStore,
  startNatsServer,
  startPostgres,
  startServer,
  httpAnswers,
  workspaceRoot,
} from '@claw/local-servers';
import { label } from '../supervise/unit';
import type { Unit } from '../supervise/unit';
import { layers, nodeFlags, stopGraceMs } from './process-settings';
import { natsDataOf } from './nats-nodes';
import type { Plan } from './plan';

const common = { replica: 1, layer: layers.backing, stopGraceMs };

const postgres = ({ folder, ports }: Plan): Unit => ({
  ...common,
  name: 'postgres',
  stopSignal: postgresStopSignal,
  health: `tcp://127.0.0.1:${ports.postgres}`,
  start: (context) =>
    startPostgres({
      ...context,
      dataDir: folder.of('postgres'),
      port: ports.postgres,
      logFile: folder.logOf('postgres', 1),
      deadlineMs: 60_000,
      detached: true,
    }),
});

const nats = ({ folder, ports, natsBinary }: Plan): readonly Unit[] => {
  const nodes = ports.nats.length;
  const routePorts = ports.nats.map(({ route }) => route);
  return ports.nats.map(({ client, monitor, route }, index) => {
    const replica = index + 1;
    const cluster = { node: label({ name: 'nats', replica }), routePort: route, routePorts };
    return {
      ...common,
      name: 'nats',
      replica,
      health: `http://127.0.0.1:${monitor}/healthz`,
      start: (context) =>
        startNatsServer({
          ...context,
          dataDir: natsDataOf(folder, nodes, replica),
          port: client,
          monitorPort: monitor,
          cluster: nodes > 1 ? cluster : undefined,
          binary: natsBinary,
          logFile: folder.logOf('nats', replica),
          deadlineMs: 60_000,
          detached: true,
        }),
    };
  });
};

const eventStore = ({ folder, ports }: Plan): Unit => ({
  ...common,
  name: 'eventstore',
  health: `http://127.0.0.1:${ports.eventStoreHealth}/health/ready`,
  start: (context) =>
    startEventStore({
      ...context,
      dataDir: folder.of('eventstore'),
      port: ports.eventStore,
      healthPort: ports.eventStoreHealth,
      nodeFlags: nodeFlags.eventstore,
      env: { INSTANCE: 'eventstore-1' },
      logFile: folder.logOf('eventstore', 1),
      deadlineMs: 60_000,
      detached: true,
    }),
});

const carrier = ({ folder, ports, secrets, relaxed }: Plan): Unit => ({
  ...common,
  name: 'carrier',
  health: `http://127.0.0.1:${ports.carrier}/health/ready`,
  start: async (context) => {
    await requireFreePort('carrier', ports.carrier);
    return startServer({
      ...context,
      name: 'carrier',
      command: process.execPath,
      args: [...nodeFlags.carrier, join(workspaceRoot(), 'dist/tools/simulators/carrier/src/main.js')],
      env: {
        ...process.env,
        HTTP_HOST: '127.0.0.1',
        HTTP_PORT: String(ports.carrier),
        LINQ_API_V3_API_KEY: secrets.carrier_api_key,
        LINQ_WEBHOOK_SECRET: secrets.carrier_webhook_secret,
        WEBHOOK_URL: `http://127.0.0.1:${ports.front}/webhooks/carrier`,
        CARRIER_DATA: folder.of('carrier'),
        INSTANCE: 'carrier-1',
        LIMITS: relaxed ? 'relaxed' : 'default',
      },
      logFile: folder.logOf('carrier', 1),
      detached: true,
      ready: () => httpAnswers(`http://127.0.0.1:${ports.carrier}/health/live`),
    });
  },
});

/** The servers that the services lean on: in production these are managed ones. */
export const backingUnits = (plan: Plan): readonly Unit[] => [
  postgres(plan),
  ...nats(plan),
  eventStore(plan),
  carrier(plan),
];
