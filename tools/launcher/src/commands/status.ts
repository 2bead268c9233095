import { dataFolder } from '../state/data-folder';
import { requireRun } from '../state/run-file';
import type { RunProcess } from '../state/run-file';
import { isHealthy } from '../supervise/is-healthy';
import type { DataOption } from './options';

export interface ProcessStatus extends RunProcess {
  readonly condition: 'ready' | 'alive, not ready' | 'down';
}

/** Where a process says that it is there, whatever it waits for: a node of NATS that catches up isn't down. */
const livenessOf = (health: string): string =>
  health.replace(/\/health\/ready$/, '/health/live').replace(/\/healthz$/, '/healthz?js-enabled=true');

const conditionOf = async ({ health }: RunProcess): Promise<ProcessStatus['condition']> => {
  if (await isHealthy(health)) return 'ready';
  const live = livenessOf(health);
  return live !== health && (await isHealthy(live)) ? 'alive, not ready' : 'down';
};

/** How each process of a running platform is. Throws in one line where nothing is up. */
export const status = async ({ data }: DataOption): Promise<readonly ProcessStatus[]> => {
  const { services } = await requireRun(dataFolder(data));
  return Promise.all(
    services.map(async (service) => ({ ...service, condition: await conditionOf(service) })),
  );
};

/** The same as lines of a table. */
export const statusTable = (rows: readonly ProcessStatus[]): string =>
  rows
    .map(({ name, replica, pid, condition, health }) =>
      [`${name}-${replica}`.padEnd(14), String(pid).padStart(8), condition.padEnd(16), health].join('  '),
    )
    .join('\n');
