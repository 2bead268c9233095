import { randomBytes } from 'node:crypto';
import { access, chown, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../process/run';
import { ServerStartFailed } from '../process/server-start-failed';
import { causeIn } from '../process/start-server';
import { superuser } from './postgres-settings';
import type { Runner } from './unprivileged-runner';

const timeoutMs = 60_000;

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/** The superuser's password: made at the first start, kept beside the cluster with mode 0600. */
export const clusterPassword = async (dataDir: string): Promise<string> => {
  const file = join(dataDir, 'password');
  const kept = await readFile(file, 'utf8').catch(() => '');
  if (kept !== '') return kept;
  const password = randomBytes(24).toString('hex');
  await writeFile(`${file}.new`, password, { mode: 0o600 });
  await rename(`${file}.new`, file);
  return password;
};

/**
 * Makes the cluster where there is none yet, and hands back its folder. It is made aside and moved in when it is
 * whole, so that a start that dies half-way leaves nothing that a later start would take for a cluster.
 */
export const initialiseCluster = async (
  dataDir: string,
  initdb: string,
  runner: Runner,
  options: { readonly password: string; readonly sync: boolean },
): Promise<string> => {
  const cluster = join(dataDir, 'cluster');
  if (await exists(join(cluster, 'PG_VERSION'))) return cluster;

  const fresh = join(dataDir, 'cluster.new');
  const passwordFile = join(dataDir, 'password.init');
  await rm(fresh, { recursive: true, force: true });
  const { uid, gid } = await stat(dataDir);
  await mkdir(fresh, { mode: 0o700 });
  await chown(fresh, uid, gid);
  await writeFile(passwordFile, options.password, { mode: 0o600 });
  await chown(passwordFile, uid, gid);
  try {
    const { command, args } = runner.wrap(initdb, [
      `--pgdata=${fresh}`,
      `--username=${superuser}`,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
      ...(options.sync ? [] : ['--no-sync']),
    ]);
    const { code, stderr } = await run(command, args, {
      ...(runner.uid === undefined || runner.gid === undefined ? {} : { uid: runner.uid, gid: runner.gid }),
      cwd: dataDir,
      env: { ...process.env, LC_ALL: 'C' },
      timeoutMs,
    });
    if (code !== 0)
      throw new ServerStartFailed(
        'postgres',
        `could not make its cluster: ${causeIn(stderr) ?? 'initdb failed'}`,
      );
    await rename(fresh, cluster);
    return cluster;
  } finally {
    await rm(passwordFile, { force: true });
    await rm(fresh, { recursive: true, force: true });
  }
};
