import { join } from 'node:path';
import { workspaceRoot } from '@claw/local-servers';
import type { Figure } from './figure';
import { keepResults, notesOf, tableOf } from './results';

interface Measurement {
  readonly name: string;
  readonly measure: () => Promise<readonly Figure[]>;
}

const measurements: readonly Measurement[] = [
  { name: 'durable sends', measure: async () => (await import('./figures/durable-sends')).durableSends() },
  { name: 'one at a time', measure: async () => (await import('./figures/one-at-a-time')).oneAtATime() },
  { name: 'webhooks', measure: async () => (await import('./figures/webhook-to-socket')).webhookToSocket() },
  { name: 'provisioning', measure: async () => (await import('./figures/provisioning')).provisioning() },
  { name: 'idle sockets', measure: async () => (await import('./figures/idle-sockets')).idleSockets() },
];

/**
 * Measures each figure and what it is held against in the same run, prints them and keeps them in
 * `bench/results`. Answers whether every target was met. `only` picks measurements by a part of their name.
 */
export const bench = async ({ only }: { readonly only?: string }): Promise<boolean> => {
  const figures: Figure[] = [];
  for (const { name, measure } of measurements) {
    if (only !== undefined && !name.includes(only)) continue;
    console.error(`measuring ${name} …`);
    figures.push(...(await measure()));
  }
  console.log(tableOf(figures));
  for (const note of notesOf(figures)) console.log(note);
  console.log(`kept in ${await keepResults(join(workspaceRoot(), 'bench/results'), figures, new Date())}`);
  return figures.every(({ ok }) => ok);
};
