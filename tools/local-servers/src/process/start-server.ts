import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdir, open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';
import { superviseChild } from './server-process';
import type { Exit, ServerProcess } from './server-process';
import { ServerStartFailed } from './server-start-failed';

/** What a caller may decide about any server's process. */
export interface ProcessOptions {
  /** Where its output goes, appended. */
  readonly logFile?: string | undefined;
  /** A process group of its own, so that Ctrl-C in the terminal reaches only the one who started it. */
  readonly detached?: boolean | undefined;
  /** How long it may take until it answers, in milliseconds. */
  readonly deadlineMs?: number | undefined;
  /** Told as soon as the process exists, long before it answers. */
  readonly onSpawn?: ((pid: number) => void) | undefined;
  /** Gives the start up: the process is ended and the start fails. */
  readonly signal?: AbortSignal | undefined;
}

export interface ServerCommand extends ProcessOptions {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  readonly uid?: number;
  readonly gid?: number;
  readonly logFile: string;
  /** What the server takes as the wish to end in order. */
  readonly stopSignal?: NodeJS.Signals;
  /** Whether the server answers. A rejection counts as no. */
  readonly ready: () => Promise<boolean>;
}

const defaultDeadlineMs = 15_000;
const pollMs = 40;
const tailBytes = 16_384;

/** What was logged after `from`, at most the last 16 KiB of it. */
const logSince = async (file: string, from: number): Promise<string> => {
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    const start = Math.max(from, size - tailBytes);
    const { buffer, bytesRead } = await handle.read({
      buffer: Buffer.alloc(size - start),
      position: start,
    });
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await handle.close();
  }
};

const looksLikeTheCause =
  /fatal|panic|\berror\b|EADDRINUSE|ENOSPC|EACCES|no space left|permission denied|cannot|could not|refused/i;

/** What PostgreSQL logs of every early caller while it recovers: the readiness check's own doing. */
const innocent = /the database system is starting up/;

/** The line of a log that most likely says why: the first that speaks of a failure, else the last. */
export const causeIn = (log: string): string | undefined => {
  const lines = stripVTControlCharacters(log)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !innocent.test(line));
  return lines.find((line) => looksLikeTheCause.test(line)) ?? lines.at(-1);
};

const describe = ({ code, signal }: Exit): string =>
  signal === null ? `ended with exit code ${code}` : `was ended by ${signal}`;

const spawned = (child: ChildProcess): Promise<number> =>
  new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('spawn', () => resolve(child.pid ?? 0));
  });

const launch = async (command: ServerCommand): Promise<ServerProcess> => {
  await mkdir(dirname(command.logFile), { recursive: true });
  const log = await open(command.logFile, 'a', 0o600);
  try {
    const child = spawn(command.command, [...command.args], {
      env: command.env ?? process.env,
      stdio: ['ignore', log.fd, log.fd],
      detached: command.detached ?? false,
      ...(command.cwd === undefined ? {} : { cwd: command.cwd }),
      ...(command.uid === undefined ? {} : { uid: command.uid }),
      ...(command.gid === undefined ? {} : { gid: command.gid }),
    });
    const pid = await spawned(child);
    return superviseChild(child, pid, command.stopSignal ?? 'SIGTERM');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ServerStartFailed(command.name, `could not be run: ${reason}`);
  } finally {
    await log.close();
  }
};

/**
 * Starts a server and waits until it answers. Where it ends first, or doesn't answer in time, nothing is left
 * running and {@link ServerStartFailed} says why in one line, taken from what the server logged.
 */
export const startServer = async (command: ServerCommand): Promise<ServerProcess> => {
  command.signal?.throwIfAborted();
  const logged = await stat(command.logFile).then(
    ({ size }) => size,
    () => 0,
  );
  const server = await launch(command);
  command.onSpawn?.(server.pid);
  let exit: Exit | undefined;
  void server.exited.then((ended) => (exit = ended));
  const failed = async (what: string): Promise<ServerStartFailed> => {
    await server.kill();
    const cause = causeIn(await logSince(command.logFile, logged));
    return new ServerStartFailed(
      command.name,
      cause === undefined ? what : `${what}: ${cause}`,
      command.logFile,
    );
  };

  const deadlineMs = command.deadlineMs ?? defaultDeadlineMs;
  const deadline = Date.now() + deadlineMs;
  while (Date.now() < deadline) {
    if (exit !== undefined) throw await failed(describe(exit));
    if (command.signal?.aborted === true) {
      await server.stop();
      throw new ServerStartFailed(command.name, 'the start was given up');
    }
    // A stranger may answer on the same address: only a process of ours that still runs counts.
    if ((await command.ready().catch(() => false)) && exit === undefined) return server;
    await delay(pollMs);
  }
  throw await failed(`did not answer within ${deadlineMs / 1000} s`);
};
