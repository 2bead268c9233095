import { readFile, rm } from 'node:fs/promises';
import { z } from 'zod';
import { Failure } from '../failure';
import type { DataFolder } from './data-folder';
import { writePrivateFile } from './write-private-file';

const processSchema = z.object({
  name: z.string(),
  replica: z.number().int(),
  pid: z.number().int(),
  health: z.string(),
});

const runSchema = z.object({
  /** The front proxy's origin, without a trailing slash. */
  api: z.string(),
  /** The agents' socket on the front proxy. */
  socket: z.string(),
  /** Each gateway's own socket address. */
  gateways: z.array(z.string()),
  carrier: z.string(),
  operator_token: z.string(),
  eventstore: z.string(),
  nats: z.string(),
  postgres: z.string(),
  /** Every process, the backing servers and the front proxy among them. */
  services: z.array(processSchema),
});

/** Where everything of a running platform is: what `run.json` holds. */
export type Run = z.infer<typeof runSchema>;
export type RunProcess = z.infer<typeof processSchema>;

/** Replaces `run.json` in one step with mode 0600: it holds secrets. */
export const writeRun = ({ runFile }: DataFolder, run: Run): Promise<void> =>
  writePrivateFile(runFile, `${JSON.stringify(runSchema.parse(run), null, 2)}\n`);

export const removeRun = ({ runFile }: DataFolder): Promise<void> => rm(runFile, { force: true });

/** What `run.json` says, or nothing where no platform is up on the folder. */
export const readRun = async ({ runFile }: DataFolder): Promise<Run | undefined> => {
  const text = await readFile(runFile, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw new Failure(`${runFile} can't be read: ${error.message}`);
  });
  if (text === undefined) return undefined;
  try {
    return runSchema.parse(JSON.parse(text));
  } catch {
    throw new Failure(`${runFile} is damaged: ./claw down, then ./claw up writes it anew`);
  }
};

/** As {@link readRun}; refuses in one line where nothing is up. */
export const requireRun = async (folder: DataFolder): Promise<Run> => {
  const run = await readRun(folder);
  if (run === undefined) throw new Failure(`nothing is up on ${folder.root}: ./claw up starts it`);
  return run;
};
