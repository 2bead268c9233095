import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

export interface FindChromiumOptions {
  /** Where `CHROMIUM` and `PATH` are read; the process's own by default. */
  readonly env?: NodeJS.ProcessEnv;
  /** Paths that are tried after PATH: where packages put browsers. */
  readonly alsoAt?: readonly string[];
}

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const usualPaths = [
  '/usr/bin/chromium',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

const waysOut =
  'install it (Debian: sudo apt-get install chromium; macOS: brew install --cask chromium), ' +
  'or name the binary of a Chromium or Chrome in CHROMIUM';

const isExecutable = (path: string): Promise<boolean> =>
  access(path, constants.X_OK).then(
    () => true,
    () => false,
  );

/**
 * The path of a Chromium for the tests of pages: the one that `CHROMIUM` names, else one on PATH or where packages
 * put it. Nothing is downloaded; throws with the ways out where there is none.
 */
export const findChromium = async ({
  env = process.env,
  alsoAt = usualPaths,
}: FindChromiumOptions = {}): Promise<string> => {
  const wanted = env['CHROMIUM'];
  if (wanted !== undefined && wanted !== '') {
    if (await isExecutable(wanted)) return wanted;
    throw new Error(`chromium: CHROMIUM=${wanted} is not a program that runs here`);
  }
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const paths = [...folders.flatMap((folder) => names.map((name) => join(folder, name))), ...alsoAt];
  for (const path of paths) if (await isExecutable(path)) return path;
  throw new Error(`chromium: none found on PATH; ${waysOut}`);
};
