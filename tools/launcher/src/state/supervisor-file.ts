import { randomBytes } from 'node:crypto';
import { link, readFile, rename, rm } from 'node:fs/promises';
import { z } from 'zod';
import type { DataFolder } from './data-folder';
import { endProcess } from './end-process';
import { identityOf, isRunning } from './process-identity';
import { writePrivateFile } from './write-private-file';

const identitySchema = z.object({ pid: z.number().int(), began: z.string() });
const stopSignalSchema = z.enum(['SIGTERM', 'SIGINT']);
const startedSchema = identitySchema.extend({
  /** What it takes as the wish to end in order. */
  stopSignal: stopSignalSchema,
});
const supervisorSchema = z.object({
  supervisor: identitySchema,
  /** Every process started for it: what a supervisor that was killed leaves behind. */
  processes: z.array(startedSchema).readonly(),
});

/** Who supervises a data folder, and what it has started: what `supervisor.json` holds. */
export type SupervisorRecord = z.infer<typeof supervisorSchema>;

/** A process that a supervisor has started. */
export type StartedProcess = z.infer<typeof startedSchema>;

const orphanGraceMs = 5_000;
const claimTries = 5;

/** The record, or nothing where there is none or a crash of the machine left it empty. */
export const readSupervisor = async ({
  supervisorFile,
}: DataFolder): Promise<SupervisorRecord | undefined> => {
  const text = await readFile(supervisorFile, 'utf8').catch(() => '');
  try {
    return supervisorSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
};

/** Ends what a supervisor that is gone left running, one that is now somebody else's process excepted. */
export const endOrphans = async (orphans: readonly StartedProcess[]): Promise<void> => {
  await Promise.all(orphans.map((orphan) => endProcess(orphan, orphanGraceMs, orphan.stopSignal)));
};

/** Whether this process became the supervisor, with what a dead predecessor left running; or who is it already. */
export type Claim =
  | { readonly claimed: true; readonly orphans: readonly StartedProcess[] }
  | { readonly claimed: false; readonly by: number };

/** Makes this process the folder's one supervisor, unless another lives. Of two that try at once, one does it. */
export const claimFolder = async (folder: DataFolder): Promise<Claim> => {
  const mine = `${folder.supervisorFile}.${randomBytes(6).toString('hex')}`;
  let orphans: readonly StartedProcess[] = [];
  try {
    for (let attempt = 0; attempt < claimTries; attempt += 1) {
      // The orphans stay on record until they are ended: this process may be killed before that.
      await writeRecord(mine, orphans);
      // A link is made whole or not at all, and never over a file that is there.
      if (await linked(mine, folder.supervisorFile)) return { claimed: true, orphans };
      const holder = await readSupervisor(folder);
      if (holder !== undefined && isRunning(holder.supervisor))
        return { claimed: false, by: holder.supervisor.pid };
      orphans = [...orphans, ...(await setAside(folder))];
    }
    throw new Error(`${folder.supervisorFile} could not be claimed`);
  } finally {
    await rm(mine, { force: true });
  }
};

const writeRecord = async (file: string, processes: readonly StartedProcess[]): Promise<void> => {
  const supervisor = identityOf(process.pid);
  if (supervisor === undefined) throw new Error('this process is not found among the running ones');
  await writePrivateFile(file, JSON.stringify({ supervisor, processes } satisfies SupervisorRecord));
};

const linked = (from: string, to: string): Promise<boolean> =>
  link(from, to).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') return false;
      throw error;
    },
  );

/** Moves a dead supervisor's record away; puts back what turns out to be a living one's, written meanwhile. */
const setAside = async (folder: DataFolder): Promise<readonly StartedProcess[]> => {
  const aside = `${folder.supervisorFile}.${randomBytes(6).toString('hex')}`;
  try {
    await rename(folder.supervisorFile, aside);
  } catch {
    return [];
  }
  const moved = await readSupervisor({ ...folder, supervisorFile: aside });
  const alive = moved !== undefined && isRunning(moved.supervisor);
  if (alive) await linked(aside, folder.supervisorFile);
  await rm(aside, { force: true });
  return alive ? [] : (moved?.processes ?? []);
};

/** Puts on record what has been started by now. */
export const recordProcesses = (
  folder: DataFolder,
  started: readonly Omit<StartedProcess, 'began'>[],
): Promise<void> =>
  writeRecord(
    folder.supervisorFile,
    started.flatMap(({ pid, stopSignal }) => {
      const identity = identityOf(pid);
      return identity === undefined ? [] : [{ ...identity, stopSignal }];
    }),
  );

export const releaseFolder = ({ supervisorFile }: DataFolder): Promise<void> =>
  rm(supervisorFile, { force: true });
