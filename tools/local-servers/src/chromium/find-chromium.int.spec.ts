import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findChromium } from './find-chromium';

describe('findChromium', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'claw-find-chromium-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const browser = async (name: string): Promise<string> => {
    const path = join(folder, name);
    await writeFile(path, '#!/bin/sh\n', { mode: 0o755 });
    return path;
  };

  it('takes the one that CHROMIUM names before any other', async () => {
    await browser('chromium');
    const named = await browser('mine');
    expect(await findChromium({ env: { PATH: folder, CHROMIUM: named } })).toBe(named);
  });

  it('refuses a CHROMIUM that is no program rather than taking another', async () => {
    await browser('chromium');
    const search = findChromium({ env: { PATH: folder, CHROMIUM: join(folder, 'nothing') } });
    await expect(search).rejects.toThrow(/^chromium: CHROMIUM=.* is not a program that runs here$/);
  });

  it('takes one from PATH, whatever its distribution calls it', async () => {
    const onPath = await browser('google-chrome');
    expect(await findChromium({ env: { PATH: folder }, alsoAt: [] })).toBe(onPath);
  });

  it('names the ways out in one line where there is none', async () => {
    const search = findChromium({ env: { PATH: folder }, alsoAt: [] });
    await expect(search).rejects.toThrow(/^chromium: none found on PATH; install it .* CHROMIUM$/);
  });
});
