import { readdir, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { DataFolder } from './data-folder';

const largestBytes = 20 * 1024 * 1024;

/** Sets logs that have grown past 20 MiB aside at a start, one generation of each: old ones make room. */
export const rotateLogs = async ({ logs }: DataFolder): Promise<void> => {
  const files = (await readdir(logs)).filter((file) => file.endsWith('.log'));
  for (const file of files) {
    const path = join(logs, file);
    if ((await stat(path)).size > largestBytes) await rename(path, `${path}.1`);
  }
};
