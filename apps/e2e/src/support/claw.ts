import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { withDeadline } from '@claw/kernel';
import { z } from 'zod';

const root = resolve(__dirname, '../../../..');

const runFileSchema = z.object({
  api: z.url(),
  socket: z.url(),
  gateways: z.array(z.url()),
  carrier: z.url(),
  operator_token: z.string(),
  eventstore: z.string(),
  nats: z.string(),
  postgres: z.string(),
  services: z.array(z.object({ name: z.string(), replica: z.number(), pid: z.number(), health: z.string() })),
});

/** What `run.json` tells of a running platform. */
export type RunFile = z.infer<typeof runFileSchema>;

export const readRunFile = async (dataDir: string): Promise<RunFile> =>
  runFileSchema.parse(JSON.parse(await readFile(join(dataDir, 'run.json'), 'utf8')));

export interface ClawResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `./claw …` as a person would, and waits for it to end. */
export const claw = async (args: readonly string[], deadlineMs = 120_000): Promise<ClawResult> => {
  const child = spawn(join(root, 'claw'), args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const ended = new Promise<number | null>((done, failed) => {
    child.once('error', failed);
    child.once('close', done);
  });
  try {
    return { code: await withDeadline(`claw ${args.join(' ')}`, deadlineMs, ended), stdout, stderr };
  } catch (error) {
    child.kill('SIGKILL');
    throw new Error(`${String(error)}\n${stdout}\n${stderr}`, { cause: error });
  }
};

/** As {@link claw}, and throws with what it printed where it didn't exit with 0. */
export const clawOk = async (args: readonly string[], deadlineMs?: number): Promise<string> => {
  const { code, stdout, stderr } = await claw(args, deadlineMs);
  if (code !== 0) throw new Error(`claw ${args.join(' ')} exited with ${code}\n${stdout}\n${stderr}`);
  return stdout;
};
