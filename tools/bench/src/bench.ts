import { join } from 'node:path';
import { workspaceRoot } from '@claw/local-servers';
import type { Figure } from './figure';
import { choose, markedLong, type Measurement } from './measurement';
import { keepResults, notesOf, tableOf } from './results';

const measurements: readonly Measurement[] = [
  { name: 'durable sends', measure: async () => (await import('./figures/durable-sends')).durableSends() },
  { name: 'one at a time', measure: async () => (await import('./figures/one-at-a-time')).oneAtATime() },
  { name: 'webhooks', measure: async () => (await import('./figures/webhook-to-socket')).webhookToSocket() },
  { name: 'provisioning', measure: async () => (await import('./figures/provisioning')).provisioning() },
  { name: 'idle sockets', measure: async () => (await import('./figures/idle-sockets')).idleSockets() },
  {
    name: 'many idle sockets',
    long: true,
    measure: async () => (await import('./figures/many-idle-sockets')).manyIdleSockets(),
  },
  {
    name: 'a million routes',
    long: true,
    measure: async () => (await import('./figures/million-routes')).millionRoutes(),
  },
  { name: 'rebuild', long: true, measure: async () => (await import('./figures/rebuild')).rebuild() },
];

export interface BenchOptions {
  /** Picks measurements by a part of their name. */
  readonly only?: string;
  /** Adds the long ones, each measured once. */
  readonly full?: boolean;
}

/**
 * Measures each figure and what it is held against in the same run, prints them and keeps them in
 * `bench/results`. Answers whether every target was met. Throws where there is no such measurement.
 */
export const bench = async (options: BenchOptions): Promise<boolean> => {
  const figures: Figure[] = [];
  for (const { name, long = false, measure } of choose(measurements, options)) {
    console.error(`measuring ${name} …`);
    const measured = await measure();
    figures.push(...(long ? measured.map(markedLong) : measured));
  }
  console.log(tableOf(figures));
  for (const note of notesOf(figures)) console.log(note);
  console.log(`kept in ${await keepResults(join(workspaceRoot(), 'bench/results'), figures, new Date())}`);
  return figures.every(({ ok }) => ok);
};
