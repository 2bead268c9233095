import { randomInt } from 'node:crypto';
import { isPortFree } from '@claw/local-servers';
import { everyPort, portsFrom } from './ports';
import type { Replicas } from './services';

const lowest = 20_000;
const highest = 32_000;
const tries = 100;

/** A port base whose ports are all free now. */
export const freePortBase = async (replicas: Replicas): Promise<number> => {
  for (let attempt = 0; attempt < tries; attempt += 1) {
    const base = randomInt(lowest, highest);
    const free = await Promise.all(everyPort(portsFrom(base, replicas)).map(isPortFree));
    if (free.every(Boolean)) return base;
  }
  throw new Error('no free range of ports found');
};
