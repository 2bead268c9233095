import type { ChildProcess } from 'node:child_process';
import { withDeadline } from '@claw/kernel';

/** How a process ended: its exit code, or the signal that ended it. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A process that has been started and not been waited for yet. */
export interface ServerProcess {
  readonly pid: number;
  readonly process: ChildProcess;
  /** Resolves when the process has ended, however it ended. */
  readonly exited: Promise<Exit>;
  /** Asks the process to end in order, waits for it, and ends it by force after `graceMs`. Repeating is harmless. */
  stop(graceMs?: number): Promise<void>;
  /** Ends the process at once, as a crash would (SIGKILL), and waits until it is gone. */
  kill(): Promise<void>;
}

const defaultGraceMs = 10_000;
const killDeadlineMs = 5_000;

/** What would outlive this process; ended by force when it exits without having stopped them. */
const alive = new Set<ChildProcess>();
let guarded = false;
const guard = (): void => {
  if (guarded) return;
  guarded = true;
  process.once('exit', () => alive.forEach((child) => child.kill('SIGKILL')));
};

/** Gives a spawned process its stop and kill. `stopSignal` is what it takes as the wish to end in order. */
export const superviseChild = (
  child: ChildProcess,
  pid: number,
  stopSignal: NodeJS.Signals,
): ServerProcess => {
  guard();
  alive.add(child);
  const exited = new Promise<Exit>((resolve) =>
    child.once('exit', (code, signal) => {
      alive.delete(child);
      resolve({ code, signal });
    }),
  );
  const hasExited = (): boolean => child.exitCode !== null || child.signalCode !== null;
  const kill = async (): Promise<void> => {
    if (!hasExited()) child.kill('SIGKILL');
    await withDeadline(`ending process ${pid}`, killDeadlineMs, exited);
  };
  const stop = async (graceMs = defaultGraceMs): Promise<void> => {
    if (!hasExited()) child.kill(stopSignal);
    await withDeadline(`stopping process ${pid}`, graceMs, exited).catch(kill);
  };
  return { pid, process: child, exited, stop, kill };
};
