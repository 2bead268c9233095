import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A new empty folder, removed after the file's tests. */
export const tempDir = async (name = 'claw'): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), `${name}-`));
  leftovers.push(folder);
  return folder;
};

const leftovers: string[] = [];

if (typeof afterAll === 'function')
  afterAll(async () => {
    await Promise.all(leftovers.splice(0).map((folder) => rm(folder, { recursive: true, force: true })));
  });
