import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const limitNow = async (): Promise<number> => {
  const limits = await readFile('/proc/self/limits', 'utf8');
  const soft = /^Max open files\s+(\S+)/m.exec(limits)?.[1];
  return soft === 'unlimited' ? Infinity : Number(soft);
};

/**
 * Sees to it that each process that is started from here on may have so many files and sockets open. Node takes all
 * that the hard limit allows by itself; a higher one is for root to give (prlimit(1)). Throws with what to do where it
 * can't be had.
 */
export const allowOpenFiles = async (needed: number): Promise<void> => {
  if ((await limitNow()) >= needed) return;
  const raise = [`--pid=${process.pid}`, `--nofile=${needed}:${needed}`];
  await promisify(execFile)('prlimit', raise).catch(() => undefined);
  const limit = await limitNow();
  if (limit >= needed) return;
  throw new Error(
    `a process needs ${needed} open files for this and may have ${limit}: raise the hard limit (ulimit -Hn), or run it as root`,
  );
};
