import { findNatsServer, isPortFree, postgresUrl } from '@claw/local-servers';
import { Failure } from '../failure';
import { backingUnits } from '../platform/backing-units';
import { fillNumberPool } from '../platform/fill-number-pool';
import { frontUnit } from '../platform/front-unit';
import { greeting } from '../platform/greeting';
import { parseNatsNodes, requireDataOf } from '../platform/nats-nodes';
import { parseReplicas } from '../platform/parse-replicas';
import type { Plan } from '../platform/plan';
import { everyPort, parsePortBase, portsFrom } from '../platform/ports';
import { runOf } from '../platform/run-of';
import { serviceUnits } from '../platform/service-units';
import { dataFolder } from '../state/data-folder';
import type { DataFolder } from '../state/data-folder';
import { makeFolder } from '../state/make-folder';
import { rotateLogs } from '../state/rotate-logs';
import { removeRun, writeRun } from '../state/run-file';
import { keptSecrets } from '../state/secrets';
import { claimFolder, endOrphans, recordProcesses, releaseFolder } from '../state/supervisor-file';
import { Supervisor } from '../supervise/supervisor';
import type { SupervisedProcess } from '../supervise/supervisor';
import type { DataOption } from './options';

export interface UpOptions extends DataOption {
  readonly portBase: string;
  readonly replicas: string;
  readonly natsNodes: string;
  readonly limits: string;
}

const readyWithinMs = 60_000;
const stopSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

const say = (line: string): void => console.error(line);

/**
 * Starts the whole platform on a data folder and keeps it running until this process is told to stop (SIGINT,
 * SIGTERM; a second time: at once). `whenReady` is called once, with what to tell the person. Throws in one
 * line, with nothing left running, where the start fails.
 */
export const up = async (
  options: UpOptions,
  whenReady: (text: string) => void = console.log,
): Promise<void> => {
  const folder = dataFolder(options.data);
  const replicas = parseReplicas(options.replicas);
  const natsNodes = parseNatsNodes(options.natsNodes);
  const ports = portsFrom(parsePortBase(options.portBase), replicas, natsNodes);
  if (options.limits !== 'default' && options.limits !== 'relaxed')
    throw new Failure(`--limits takes default or relaxed, not "${options.limits}"`);

  await makeFolder(folder.logs);
  const claim = await claimFolder(folder);
  if (!claim.claimed)
    throw new Failure(`already running on ${folder.root} (process ${claim.by}): ./claw down stops it`);
  try {
    await removeRun(folder);
    await endOrphans(claim.orphans);
    await requireDataOf(folder, natsNodes);
    for (const port of everyPort(ports))
      if (!(await isPortFree(port)))
        throw new Failure(`port ${port} is in use: stop what uses it, or choose another --port-base`);
    await rotateLogs(folder);
    await keepUp(
      {
        folder,
        ports,
        replicas,
        secrets: await keptSecrets(folder),
        relaxed: options.limits === 'relaxed',
        natsBinary: await findNatsServer({ say }),
        postgresUrl: await postgresUrl(folder.of('postgres'), ports.postgres),
      },
      whenReady,
    );
  } finally {
    await removeRun(folder);
    await releaseFolder(folder);
  }
};

const keepUp = async (plan: Plan, whenReady: (text: string) => void): Promise<void> => {
  const { folder } = plan;
  let ready = false;
  const record = async (processes: readonly SupervisedProcess[]): Promise<void> => {
    await recordProcesses(folder, processes);
    if (ready) await writeRun(folder, runOf(plan, processes));
  };
  const units = [...backingUnits(plan), ...serviceUnits(plan), frontUnit(plan)];
  const supervisor = new Supervisor(units, { say, onChange: record });
  const stopWish = listenForStop(folder, supervisor);
  try {
    await supervisor.start(readyWithinMs);
    await fillNumberPool(plan);
    ready = true;
    await supervisor.recorded();
    whenReady(greeting(plan));
    await stopWish.given;
  } finally {
    ready = false;
    await supervisor.stop();
    stopWish.forget();
  }
};

/** The first signal stops all in order, whatever the start has come to; the second ends all at once. */
const listenForStop = (
  { root }: DataFolder,
  supervisor: Supervisor,
): { readonly given: Promise<void>; forget(): void } => {
  let wishes = 0;
  let give = (): void => undefined;
  const given = new Promise<void>((resolve) => (give = resolve));
  const onSignal = (): void => {
    wishes += 1;
    say(wishes === 1 ? `stopping what runs on ${root} …` : 'stopping at once …');
    void supervisor.stop(wishes > 1);
    give();
  };
  stopSignals.forEach((name) => process.on(name, onSignal));
  return { given, forget: () => stopSignals.forEach((name) => process.off(name, onSignal)) };
};
