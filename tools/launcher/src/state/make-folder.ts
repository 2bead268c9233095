import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Failure } from '../failure';

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );

/**
 * Makes a folder and those above it that are missing. Throws {@link Failure} in one line where that can't be.
 * One level at a time: Node's own recursive mkdir never returns below /proc and its like.
 */
export const makeFolder = async (path: string): Promise<void> => {
  if (await isFolder(path)) return;
  const parent = dirname(path);
  if (parent !== path) await makeFolder(parent);
  await mkdir(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw new Failure(`${path} can't be made: ${error.message}`);
  });
};
