import { setTimeout as delay } from 'node:timers/promises';
import { isRunning } from './process-identity';
import type { ProcessIdentity } from './process-identity';

const pollMs = 50;

const signal = (target: ProcessIdentity, name: NodeJS.Signals): void => {
  if (!isRunning(target)) return;
  try {
    process.kill(target.pid, name);
  } catch {
    // It ended in between.
  }
};

const hasEnded = async (target: ProcessIdentity, withinMs: number): Promise<boolean> => {
  const deadline = Date.now() + withinMs;
  while (isRunning(target)) {
    if (Date.now() > deadline) return false;
    await delay(pollMs);
  }
  return true;
};

/** Asks a process to end, waits `graceMs`, then ends it by force. Whoever else has got its id since is left alone. */
export const endProcess = async (
  target: ProcessIdentity,
  graceMs: number,
  wish: NodeJS.Signals = 'SIGTERM',
): Promise<void> => {
  signal(target, wish);
  if (await hasEnded(target, graceMs)) return;
  signal(target, 'SIGKILL');
  await hasEnded(target, graceMs);
};
