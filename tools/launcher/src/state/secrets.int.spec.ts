import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dataFolder } from './data-folder';
import type { DataFolder } from './data-folder';
import { keptSecrets } from './secrets';

describe('the secrets of a data folder', () => {
  let folder: DataFolder;

  beforeEach(async () => {
    folder = dataFolder(await mkdtemp(join(tmpdir(), 'claw-secrets-')));
  });
  afterEach(() => rm(folder.root, { recursive: true, force: true }));

  it('are the same at every start', async () => {
    const first = await keptSecrets(folder);
    expect(await keptSecrets(folder)).toEqual(first);
  });

  it('can be read by their owner alone', async () => {
    await keptSecrets(folder);
    expect((await stat(folder.secretsFile)).mode & 0o777).toBe(0o600);
  });

  it('are refused in one line, and kept, where their file is damaged', async () => {
    await writeFile(folder.secretsFile, '{');
    await expect(keptSecrets(folder)).rejects.toThrow(/secrets\.json is damaged/);
  });
});
