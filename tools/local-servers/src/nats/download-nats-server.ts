import { chmod, copyFile, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../process/run';
import type { RunResult } from '../process/run';

/** What happened to a download: the binary's path, or why there is none. */
export type Download = { readonly path: string } | { readonly refused: string };

const updateTimeoutMs = 180_000;
const downloadTimeoutMs = 120_000;

const lastLine = ({ stderr, stdout }: RunResult): string =>
  `${stdout}\n${stderr}`
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .at(-1) ?? 'no output';

/**
 * An apt that keeps its state in `folder`, so that it needs no root and leaves the machine's own package lists
 * alone. Hooks that a distribution runs after an update want root and are cleared.
 */
const aptConfig = (folder: string): string => `
Dir::State "${folder}/state";
Dir::State::lists "${folder}/state/lists";
Dir::State::status "/var/lib/dpkg/status";
Dir::Cache "${folder}/cache";
Debug::NoLocking "true";
APT::Sandbox::User "";
Acquire::Languages "none";
Acquire::Retries "3";
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
`;

const unpack = async (folder: string, say: (line: string) => void): Promise<Download> => {
  const config = join(folder, 'apt.conf');
  await mkdir(join(folder, 'state/lists/partial'), { recursive: true });
  await mkdir(join(folder, 'cache/archives/partial'), { recursive: true });
  await writeFile(config, aptConfig(folder));
  const env = { ...process.env, LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' };

  say('nats-server is not installed: fetching its package (no root needed, nothing is installed) …');
  // One unreachable third-party source fails an update that has nats-server all the same: the download decides.
  const update = await run('apt-get', ['-c', config, '-qq', 'update'], { env, timeoutMs: updateTimeoutMs });
  const download = await run('apt-get', ['-c', config, '-qq', 'download', 'nats-server'], {
    env,
    cwd: folder,
    timeoutMs: downloadTimeoutMs,
  });
  if (download.code !== 0)
    return { refused: `apt-get download: ${lastLine(update.code === 0 ? download : update)}` };

  const extract = await run('sh', ['-c', 'dpkg -x ./nats-server_*.deb unpacked'], { cwd: folder });
  if (extract.code !== 0) return { refused: `dpkg -x: ${lastLine(extract)}` };
  const found = await run('find', ['unpacked', '-type', 'f', '-name', 'nats-server', '-perm', '-u+x'], {
    cwd: folder,
  });
  const [binary] = found.stdout.split('\n');
  return binary === undefined || binary === ''
    ? { refused: 'the nats-server package holds no nats-server' }
    : { path: join(folder, binary) };
};

/** Fetches Debian's or Ubuntu's nats-server package and puts its binary at `target`, in one step once it is whole. */
export const downloadNatsServer = async (target: string, say: (line: string) => void): Promise<Download> => {
  const cache = join(target, '..');
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(join(cache, 'fetch-'));
  try {
    const unpacked = await unpack(folder, say);
    if ('refused' in unpacked) return unpacked;
    const whole = join(folder, 'whole');
    await copyFile(unpacked.path, whole);
    await chmod(whole, 0o755);
    await rename(whole, target);
    return { path: target };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
