import { chown, stat } from 'node:fs/promises';
import { run } from '../process/run';
import { ServerStartFailed } from '../process/server-start-failed';

/** How a PostgreSQL binary is run: as whom, and through which command. */
export interface Runner {
  readonly uid?: number;
  readonly gid?: number;
  /** What a binary and its arguments become. */
  wrap(binary: string, args: readonly string[]): { command: string; args: readonly string[] };
}

interface User {
  readonly uid: number;
  readonly gid: number;
}

const direct: Runner = { wrap: (command, args) => ({ command, args }) };

const idOf = async (flag: '-u' | '-g', name: string): Promise<number | undefined> => {
  const { code, stdout } = await run('id', [flag, name]);
  return code === 0 ? Number.parseInt(stdout, 10) : undefined;
};

const userNamed = async (name: string): Promise<User | undefined> => {
  const [uid, gid] = await Promise.all([idOf('-u', name), idOf('-g', name)]);
  return uid === undefined || gid === undefined || uid === 0 ? undefined : { uid, gid };
};

/** Who the cluster belonged to before, else the machine's own postgres user, else nobody. */
const unprivilegedUser = async (dataDir: string): Promise<User> => {
  const { uid, gid } = await stat(dataDir);
  if (uid !== 0) return { uid, gid };
  const user = (await userNamed('postgres')) ?? (await userNamed('nobody'));
  if (user === undefined)
    throw new ServerStartFailed(
      'postgres',
      'refuses to run as root, and there is no other user to run it as',
    );
  return user;
};

const canReach = async (binary: string, dataDir: string, user: User): Promise<boolean> => {
  const options = { ...user, cwd: '/' };
  const [version, folder] = await Promise.all([
    run(binary, ['--version'], options),
    run('test', ['-w', dataDir], options),
  ]);
  return version.code === 0 && folder.code === 0;
};

/**
 * PostgreSQL refuses to run as root, so root runs it as an unprivileged user, to whom the cluster's folder is
 * given. Where that user can't get to the folder or the binaries (a checkout below /root), `setpriv` leaves the
 * process the one capability to pass closed folders. No system user is added.
 */
export const unprivilegedRunner = async (binary: string, dataDir: string): Promise<Runner> => {
  if (process.getuid?.() !== 0) return direct;
  const user = await unprivilegedUser(dataDir);
  await chown(dataDir, user.uid, user.gid);
  if (await canReach(binary, dataDir, user)) return { ...direct, ...user };

  const capability = ['--inh-caps=+dac_override', '--ambient-caps=+dac_override'];
  const flags = [`--reuid=${user.uid}`, `--regid=${user.gid}`, '--clear-groups', ...capability, '--'];
  const attempt = await run('setpriv', [...flags, binary, '--version'], { cwd: '/' });
  if (attempt.code !== 0)
    throw new ServerStartFailed(
      'postgres',
      `refuses to run as root, and user ${user.uid} can't reach ${binary} or ${dataDir}: ` +
        'run as another user, or keep the checkout and --data where every user may enter',
    );
  return { wrap: (command, args) => ({ command: 'setpriv', args: [...flags, command, ...args] }) };
};
