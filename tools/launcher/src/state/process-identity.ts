import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** A process as it can be found again: an id alone may be another's by then, the moment it began tells. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly began: string;
}

/** In `/proc/<pid>/stat` the fields after the name, which may itself hold spaces and parentheses. */
const beganField = 19;

const beganOnLinux = (pid: number): string | undefined => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const ticks = rest[beganField - 1];
    // A zombie has ended: only its parent hasn't looked yet.
    if (state === 'Z' || ticks === undefined) return undefined;
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}:${ticks}`;
  } catch {
    return undefined;
  }
};

const beganElsewhere = (pid: number): string | undefined => {
  const { stdout } = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' });
  return stdout.trim() === '' ? undefined : stdout.trim();
};

/** Who runs under a process id now, or nothing where nobody does. */
export const identityOf = (pid: number): ProcessIdentity | undefined => {
  const began = process.platform === 'linux' ? beganOnLinux(pid) : beganElsewhere(pid);
  return began === undefined ? undefined : { pid, began };
};

/** Whether the very process still runs. */
export const isRunning = ({ pid, began }: ProcessIdentity): boolean => identityOf(pid)?.began === began;
