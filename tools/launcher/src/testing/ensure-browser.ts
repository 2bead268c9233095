import { spawn } from 'node:child_process';
import { findChromium } from '@claw/local-servers';
import type { FindChromiumOptions } from '@claw/local-servers';
import { oneLine } from '../failure';

/** Long enough for a slow mirror; what hangs for longer won't come. */
const APT_MS = 10 * 60_000;

export interface EnsureBrowserOptions extends FindChromiumOptions {
  readonly isRoot?: boolean;
  readonly say?: (text: string) => void;
}

export type BrowserCheck =
  | { readonly found: true; readonly path: string }
  /** What a person can do about it, in one line. */
  | { readonly found: false; readonly why: string };

const look = async (options: FindChromiumOptions): Promise<BrowserCheck> => {
  try {
    return { found: true, path: await findChromium(options) };
  } catch (fault) {
    return { found: false, why: oneLine(fault) };
  }
};

/** Shows what apt-get says as it goes on. Resolves with whether it ended well; where there is no apt-get it didn't. */
const apt = (args: readonly string[], env: NodeJS.ProcessEnv): Promise<boolean> =>
  new Promise((done) => {
    const child = spawn('apt-get', [...args], {
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...env, DEBIAN_FRONTEND: 'noninteractive' },
      signal: AbortSignal.timeout(APT_MS),
    });
    child.once('error', () => done(false));
    child.once('exit', (code) => done(code === 0));
  });

/**
 * Looks for a Chromium for the tests of pages. Where there is none and we are root on a Debian, has apt-get install
 * its package, as in the containers that CI runs in. Ubuntu has it as a snap only, so there apt-get brings none.
 */
export const ensureBrowser = async ({
  isRoot = process.getuid?.() === 0,
  say = (text) => console.error(text),
  ...options
}: EnsureBrowserOptions = {}): Promise<BrowserCheck> => {
  const env = options.env ?? process.env;
  const first = await look(options);
  // Who names one wants that one.
  if (first.found || !isRoot || (env['CHROMIUM'] ?? '') !== '') return first;
  say('the tests of pages need a Chromium: installing the package chromium (apt-get) …');
  // An old list may do: what counts is whether the package comes.
  await apt(['update', '-q'], env);
  await apt(['install', '-y', '-q', '--no-install-recommends', 'chromium'], env);
  const second = await look(options);
  say(second.found ? `installed ${second.path}` : 'apt-get brought none: what it said stands above');
  return second;
};
