import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { tempDir } from '@claw/testing';
import { ensureBrowser } from './ensure-browser';

describe('a browser for the tests of pages', () => {
  let folder: string;
  let said: string[];
  beforeEach(async () => {
    folder = await tempDir('claw-ensure-browser');
    said = [];
  });

  const program = async (name: string, script = ''): Promise<string> => {
    const path = join(folder, name);
    await writeFile(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    return path;
  };
  /** An apt-get that writes down what it is asked, and what for the install does. */
  const aptGet = (install: string): Promise<string> =>
    program(
      'apt-get',
      `echo "$DEBIAN_FRONTEND $*" >> ${folder}/asked\nif [ "$1" = install ]; then ${install}; fi`,
    );
  const asked = (): Promise<string> => readFile(join(folder, 'asked'), 'utf8').catch(() => '');
  const ensure = (more: { isRoot: boolean; env?: NodeJS.ProcessEnv }) =>
    ensureBrowser({ env: { PATH: folder }, alsoAt: [], say: (text) => said.push(text), ...more });

  it('is the one that is there, and nothing is installed', async () => {
    const path = await program('chromium');
    await aptGet('exit 0');
    expect(await ensure({ isRoot: true })).toEqual({ found: true, path });
    expect([await asked(), said]).toEqual(['', []]);
  });

  it('is installed without a question where there is none and we are root, and that is said', async () => {
    const path = join(folder, 'chromium');
    await aptGet(`/bin/cp ${folder}/apt-get ${path}`);
    expect(await ensure({ isRoot: true })).toEqual({ found: true, path });
    expect((await asked()).trim().split('\n')).toEqual([
      'noninteractive update -q',
      'noninteractive install -y -q --no-install-recommends chromium',
    ]);
    expect(said).toEqual([expect.stringContaining('installing the package chromium'), `installed ${path}`]);
  });

  it.each([
    ['who is not root', { isRoot: false }],
    ['root without apt-get', { isRoot: true }],
  ])('is what %s is told to install', async (_who, { isRoot }) => {
    expect(await ensure({ isRoot })).toEqual({
      found: false,
      why: expect.stringMatching(/^chromium: none found on PATH; install it .*CHROMIUM$/),
    });
  });

  it('is missing where apt-get fails, and that is said', async () => {
    await aptGet('exit 100');
    expect(await ensure({ isRoot: true })).toMatchObject({ found: false });
    expect(said.at(-1)).toBe('apt-get brought none: what it said stands above');
  });

  it('is not installed beside one that CHROMIUM names wrongly', async () => {
    await aptGet('exit 0');
    const env = { PATH: folder, CHROMIUM: join(folder, 'nothing') };
    expect(await ensure({ isRoot: true, env })).toMatchObject({ found: false });
    expect(await asked()).toBe('');
  });
});
