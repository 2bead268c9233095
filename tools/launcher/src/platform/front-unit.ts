import { join } from 'node:path';
import { httpAnswers, requireFreePort, startServer, workspaceRoot } from '@claw/local-servers';
import type { Unit } from '../supervise/unit';
import type { Plan } from './plan';
import { layers, nodeFlags, stopGraceMs } from './process-settings';

const origins = (ports: readonly number[]): string =>
  ports.map((port) => `http://127.0.0.1:${port}`).join(',');

/** The front proxy: the one origin that agencies, agents and the carrier talk to. */
export const frontUnit = ({ folder, ports }: Plan): Unit => {
  const health = `http://127.0.0.1:${ports.frontHealth}/health/ready`;
  return {
    name: 'front',
    replica: 1,
    health,
    layer: layers.front,
    stopGraceMs,
    start: async (context) => {
      await requireFreePort('front', ports.front);
      return startServer({
        ...context,
        name: 'front',
        command: process.execPath,
        args: [...nodeFlags.front, join(workspaceRoot(), 'dist/tools/launcher/src/front/main.js')],
        env: {
          ...process.env,
          HTTP_PORT: String(ports.front),
          HEALTH_PORT: String(ports.frontHealth),
          FRONT_API: origins(ports.services.api),
          FRONT_GATEWAY: origins(ports.services.gateway),
          FRONT_ROUTING: origins(ports.services.routing),
        },
        logFile: folder.logOf('front', 1),
        detached: true,
        ready: () => httpAnswers(`http://127.0.0.1:${ports.frontHealth}/health/live`),
      });
    },
  };
};
