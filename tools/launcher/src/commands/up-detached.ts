import { spawn } from 'node:child_process';
import { open } from 'node:fs/promises';
import { Failure } from '../failure';
import { dataFolder } from '../state/data-folder';
import { makeFolder } from '../state/make-folder';
import type { UpOptions } from './up';

/** What a detached supervisor tells the one who started it, once. */
export type DetachedReport = { readonly ready: string } | { readonly failed: string };

/** Sends the report, where this process was started detached, and lets go of its starter. */
export const report = async (outcome: DetachedReport): Promise<void> => {
  if (process.send === undefined || !process.connected) return;
  await new Promise<void>((resolve) => process.send?.(outcome, undefined, {}, () => resolve()));
  process.disconnect();
};

/**
 * Starts the platform in a process of its own and resolves with its greeting once everything is ready. Throws
 * {@link Failure} with the cause in one line, and nothing left running, where it isn't. What that process says
 * later is in `logs/supervisor-1.log`.
 */
export const upDetached = async (options: UpOptions): Promise<string> => {
  const folder = dataFolder(options.data);
  await makeFolder(folder.logs);
  const log = await open(folder.logOf('supervisor', 1), 'a', 0o600);
  const { data, portBase, replicas, natsNodes, limits } = options;
  const flags = ['--data', data, '--port-base', portBase, '--replicas', replicas];
  flags.push('--nats-nodes', natsNodes, '--limits', limits);
  const child = spawn(process.execPath, [...process.execArgv, process.argv[1] ?? '', 'up', ...flags], {
    detached: true,
    stdio: ['ignore', log.fd, log.fd, 'ipc'],
  });
  await log.close();
  const giveUp = (): void => {
    child.kill('SIGTERM');
  };
  process.on('SIGINT', giveUp).on('SIGTERM', giveUp);
  try {
    return await new Promise<string>((resolve, reject) => {
      child.once('error', reject);
      child.once('message', (outcome: DetachedReport) =>
        'ready' in outcome ? resolve(outcome.ready) : reject(new Failure(outcome.failed)),
      );
      child.once('exit', (code, signal) =>
        reject(new Failure(`the start ended (${signal ?? code}); ${folder.logs} says more`)),
      );
    });
  } finally {
    process.off('SIGINT', giveUp).off('SIGTERM', giveUp);
    if (child.connected) child.disconnect();
    child.unref();
  }
};
