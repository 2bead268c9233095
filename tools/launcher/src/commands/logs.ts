import { spawn } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '../failure';
import { dataFolder } from '../state/data-folder';
import type { DataOption } from './options';

export interface LogsOptions extends DataOption {
  readonly follow: boolean;
  readonly lines: string;
}

/** Shows the newest lines of every log, or of one service's (`gateway`: all its replicas; `gateway-2`: one). */
export const logs = async (service: string | undefined, options: LogsOptions): Promise<void> => {
  if (!/^\d{1,9}$/.test(options.lines)) throw new Failure(`--lines takes a number, not "${options.lines}"`);
  const { logs: folder, root } = dataFolder(options.data);
  const all = (await readdir(folder).catch(() => [])).filter((file) => file.endsWith('.log')).sort();
  const chosen = all.filter(
    (file) =>
      service === undefined || file === `${service}.log` || file.replace(/-\d+\.log$/, '') === service,
  );
  if (chosen.length === 0) {
    const known = all.map((file) => file.replace(/\.log$/, '')).join(', ');
    throw new Failure(
      known === '' ? `no logs on ${root} yet` : `no logs of "${service ?? ''}" (there are ${known})`,
    );
  }
  const flags = ['-n', options.lines, ...(options.follow ? ['-F'] : [])];
  const tail = spawn('tail', [...flags, ...chosen.map((file) => join(folder, file))], { stdio: 'inherit' });
  await new Promise((resolve, reject) => tail.once('error', reject).once('exit', resolve));
};
