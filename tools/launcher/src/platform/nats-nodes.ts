import { stat } from 'node:fs/promises';
import { Failure } from '../failure';
import type { DataFolder } from '../state/data-folder';
import { label } from '../supervise/unit';

/** One NATS server, or a cluster that goes on without one of its three. */
export type NatsNodes = 1 | 3;

/** A number of nodes as typed. */
export const parseNatsNodes = (text: string): NatsNodes => {
  if (text === '1') return 1;
  if (text === '3') return 3;
  throw new Failure(`--nats-nodes takes 1 or 3, not "${text}"`);
};

/** Where a node keeps its data, by the number of nodes there are. */
export const natsDataOf = (folder: DataFolder, nodes: number, replica: number): string =>
  folder.of(nodes === 1 ? 'nats' : label({ name: 'nats', replica }));

/** Refuses a folder that was kept by another number of nodes: what those acknowledged would seem to be gone. */
export const requireDataOf = async (folder: DataFolder, nodes: NatsNodes): Promise<void> => {
  const others: NatsNodes = nodes === 1 ? 3 : 1;
  const isTheirs = await stat(natsDataOf(folder, others, 1)).then(
    () => true,
    () => false,
  );
  if (isTheirs)
    throw new Failure(
      `${folder.root} was started with --nats-nodes ${others}: start it so again, or choose another --data`,
    );
};
