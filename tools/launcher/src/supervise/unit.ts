import type { ServerProcess } from '@claw/local-servers';

/** What a start is given by its supervisor. */
export interface StartContext {
  readonly onSpawn: (pid: number) => void;
  /** Aborted when the platform is to stop: the start is given up. */
  readonly signal: AbortSignal;
}

/** One process to keep running. */
export interface Unit {
  readonly name: string;
  readonly replica: number;
  /** Where its readiness is asked: an `http` address, or `tcp://` where a connection is the answer. */
  readonly health: string;
  /** Units of a higher layer lean on lower ones and are stopped before them. */
  readonly layer: number;
  /** What it takes as the wish to end in order; SIGTERM where it isn't given. */
  readonly stopSignal?: 'SIGTERM' | 'SIGINT';
  /** How long it may take to end in order, in milliseconds. */
  readonly stopGraceMs: number;
  /** Starts the process and resolves once it answers; leaves nothing running where it fails. */
  start(context: StartContext): Promise<ServerProcess>;
}

export const label = ({ name, replica }: Pick<Unit, 'name' | 'replica'>): string => `${name}-${replica}`;
