import type { CallRefusal, ServiceCall } from '@claw/contracts';
import { newId } from '@claw/kernel';
import { connectNats, ServiceClient } from '@claw/messaging';
import { z } from 'zod';
import { Failure, oneLine } from '../failure';
import { projections, rebuildCallFor } from '../platform/projections';
import { dataFolder } from '../state/data-folder';
import { requireRun } from '../state/run-file';
import type { DataOption } from './options';

export interface Rebuilt {
  readonly projection: string;
  readonly written: number;
  readonly pruned: number;
  readonly unchanged: number;
}

type RebuildCounts = Omit<Rebuilt, 'projection'>;

const connectDeadlineMs = 5_000;
const rebuildDeadlineMs = 600_000;

const refused = ({ code, detail }: CallRefusal): Failure => new Failure(`${detail} (${code})`);

/** Has the service that keeps a projection rewrite it in place from the log; resolves once that is done. */
export const rebuild = async (projection: string, { data }: DataOption): Promise<Rebuilt> => {
  const found = rebuildCallFor(projection);
  if (found === undefined)
    throw new Failure(`there is no projection "${projection}" (there are ${projections.join(', ')})`);
  const call: ServiceCall<{ projection: string }, RebuildCounts> = {
    subject: found.subject,
    request: z.object({ projection: z.string() }),
    reply: found.counts,
  };
  const { nats: url } = await requireRun(dataFolder(data));
  const nats = connectNats({ url, name: 'launcher' });
  try {
    await nats.up(connectDeadlineMs);
    const context = { actor: { kind: 'operator', id: 'launcher' }, requestId: newId() } as const;
    const limits = { timeoutMs: rebuildDeadlineMs };
    const answer = await new ServiceClient(nats).call(call, { projection }, context, limits);
    if (!answer.ok) throw refused(answer.error);
    return { projection, ...answer.value };
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure(`${projection} was not rebuilt: ${oneLine(error)} (./claw status shows what is up)`);
  } finally {
    await nats.close();
  }
};
