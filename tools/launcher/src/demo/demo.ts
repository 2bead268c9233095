import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePortRange } from '@claw/local-servers';
import { down } from '../commands/down';
import type { DataOption } from '../commands/options';
import { upDetached } from '../commands/up-detached';
import { oneLine } from '../failure';
import { portSpan } from '../platform/ports';
import { dataFolder } from '../state/data-folder';
import { requireRun } from '../state/run-file';
import { play } from './scenes';
import { Transcript } from './transcript';

const onFolder = async (data: string): Promise<boolean> => {
  const transcript = new Transcript();
  const portBase = String(await freePortRange(portSpan));
  console.log(`Starting the platform on ${data} …`);
  await upDetached({ data, portBase, replicas: '', natsNodes: '1', limits: 'default' });
  const run = await requireRun(dataFolder(data));
  console.log(`up at ${run.api}`);
  await play(run, transcript).catch((error: unknown) => {
    // What a step found is in the transcript already.
    if (transcript.allTrue) throw error;
  });
  return transcript.allTrue;
};

/**
 * Plays a first conversation from end to end on a platform of its own and writes it down. Resolves with whether
 * every step was true; leaves nothing running, and no data unless a folder was named.
 */
export const demo = async ({ data }: Partial<DataOption>): Promise<boolean> => {
  const folder = data ?? (await mkdtemp(join(tmpdir(), 'claw-demo-')));
  const cleanUp = async (): Promise<void> => {
    await down({ data: folder });
    if (data === undefined) await rm(folder, { recursive: true, force: true });
  };
  const onSignal = (): void => {
    void cleanUp().finally(() => process.exit(130));
  };
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal);
  try {
    const allTrue = await onFolder(folder);
    console.log(allTrue ? '\nEvery step was true.' : '\nNot every step was true.');
    return allTrue;
  } catch (error) {
    console.log(`\nThe demo broke off: ${oneLine(error)}`);
    return false;
  } finally {
    await cleanUp();
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  }
};
