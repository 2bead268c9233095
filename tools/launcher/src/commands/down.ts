import { dataFolder } from '../state/data-folder';
import { endProcess } from '../state/end-process';
import { isRunning } from '../state/process-identity';
import { removeRun } from '../state/run-file';
import { claimFolder, endOrphans, readSupervisor, releaseFolder } from '../state/supervisor-file';
import { Failure } from '../failure';
import type { DataOption } from './options';

/** Longer than all layers together may take to end in order. */
const graceMs = 60_000;

/**
 * Stops what runs on a data folder, in order; what a supervisor that was killed left behind too. Resolves with
 * whether there was anything to stop, once nothing runs any more.
 */
export const down = async ({ data }: DataOption): Promise<boolean> => {
  const folder = dataFolder(data);
  const record = await readSupervisor(folder);
  if (record === undefined) {
    await removeRun(folder);
    return false;
  }
  if (isRunning(record.supervisor)) await endProcess(record.supervisor, graceMs);
  // Gone in order it has left no record; else it left its processes too.
  if ((await readSupervisor(folder)) === undefined) return true;
  const claim = await claimFolder(folder);
  if (!claim.claimed) throw new Failure(`started again meanwhile on ${folder.root} (process ${claim.by})`);
  await endOrphans(claim.orphans);
  await removeRun(folder);
  await releaseFolder(folder);
  return true;
};
