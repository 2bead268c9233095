import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { run } from '../process/run';
import { ServerStartFailed } from '../process/server-start-failed';
import { cacheFolder } from './cache-folder';
import { downloadNatsServer } from './download-nats-server';
import { isRecentEnough, oldestNatsServer, versionOf } from './nats-server-version';

export interface FindOptions {
  /** Where `NATS_SERVER`, `PATH` and the cache's place are read; the process's own by default. */
  readonly env?: NodeJS.ProcessEnv;
  /** Folders that are looked through after PATH: where packages put servers, which a user's PATH leaves out. */
  readonly alsoIn?: readonly string[];
  /** Told what takes long. */
  readonly say?: (line: string) => void;
}

const usualFolders = ['/usr/sbin', '/usr/local/sbin', '/usr/local/bin', '/opt/homebrew/bin'];
const brewTimeoutMs = 600_000;

const waysOut =
  `install nats-server ${oldestNatsServer} or newer (Debian, Ubuntu: sudo apt-get install nats-server; ` +
  'macOS: brew install nats-server; else https://github.com/nats-io/nats-server/releases) ' +
  'and have it on PATH, or name the binary in NATS_SERVER';

const refusal = (reason: string): ServerStartFailed => new ServerStartFailed('nats-server', reason);

const isExecutable = (path: string): Promise<boolean> =>
  access(path, constants.X_OK).then(
    () => true,
    () => false,
  );

const isUsable = async (path: string): Promise<boolean> => {
  if (!(await isExecutable(path))) return false;
  const version = await versionOf(path);
  return version !== undefined && isRecentEnough(version);
};

const firstUsable = async (paths: readonly string[]): Promise<string | undefined> => {
  for (const path of new Set(paths)) if (await isUsable(path)) return path;
  return undefined;
};

const named = async (path: string): Promise<string> => {
  const version = (await isExecutable(path)) ? await versionOf(path) : undefined;
  if (version === undefined) throw refusal(`NATS_SERVER=${path} is not a nats-server that runs here`);
  if (!isRecentEnough(version))
    throw refusal(`NATS_SERVER=${path} is ${version}; ${oldestNatsServer} or newer is needed`);
  return path;
};

const onPath = async (command: string, env: NodeJS.ProcessEnv): Promise<boolean> => {
  for (const folder of (env['PATH'] ?? '').split(delimiter))
    if (await isExecutable(join(folder, command))) return true;
  return false;
};

const brewed = async (say: (line: string) => void): Promise<string> => {
  say('nats-server is not installed: brew install nats-server …');
  const { code, stderr } = await run('brew', ['install', 'nats-server'], { timeoutMs: brewTimeoutMs });
  const prefix = await run('brew', ['--prefix', 'nats-server']);
  const binary = join(prefix.stdout.trim(), 'bin/nats-server');
  if (code !== 0 || !(await isUsable(binary)))
    throw refusal(`Homebrew could not install it (${stderr.trim().split('\n').at(-1)}); ${waysOut}`);
  return binary;
};

/**
 * The path of a nats-server that runs here: the one that `NATS_SERVER` names, else one on PATH or where packages
 * put it, else one fetched before, else one fetched now (Debian and Ubuntu: the distribution's package, unpacked
 * into the cache folder; macOS: Homebrew). Throws {@link ServerStartFailed} with the ways out where none is left.
 */
export const findNatsServer = async ({
  env = process.env,
  alsoIn = usualFolders,
  say = () => undefined,
}: FindOptions = {}): Promise<string> => {
  const wanted = env['NATS_SERVER'];
  if (wanted !== undefined && wanted !== '') return named(wanted);

  const folders = [...(env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== ''), ...alsoIn];
  const cached = join(cacheFolder(env), 'nats-server');
  const found = await firstUsable([...folders.map((folder) => join(folder, 'nats-server')), cached]);
  if (found !== undefined) return found;

  if (process.platform === 'darwin' && (await onPath('brew', env))) return brewed(say);
  if (!(await onPath('apt-get', env)) || !(await onPath('dpkg', env)))
    throw refusal(`none found on PATH; ${waysOut}`);
  const download = await downloadNatsServer(cached, say);
  if ('refused' in download) throw refusal(`none found, and ${download.refused}; ${waysOut}`);
  const version = await versionOf(download.path);
  if (version === undefined || !isRecentEnough(version))
    throw refusal(`this distribution's package is ${version ?? 'unusable'}; ${waysOut}`);
  return download.path;
};
