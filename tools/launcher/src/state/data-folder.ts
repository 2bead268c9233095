import { resolve, join } from 'node:path';

/** Where everything of one local platform is kept. */
export interface DataFolder {
  readonly root: string;
  readonly runFile: string;
  readonly supervisorFile: string;
  readonly secretsFile: string;
  readonly logs: string;
  /** The folder of one server's own data. */
  of(server: string): string;
  /** The log of one process. */
  logOf(name: string, replica: number): string;
}

/** The folder as typed, seen from where the launcher was called. */
export const dataFolder = (data: string, calledFrom: string = process.cwd()): DataFolder => {
  const root = resolve(calledFrom, data);
  const logs = join(root, 'logs');
  return {
    root,
    logs,
    runFile: join(root, 'run.json'),
    supervisorFile: join(root, 'supervisor.json'),
    secretsFile: join(root, 'secrets.json'),
    of: (server) => join(root, server),
    logOf: (name, replica) => join(logs, `${name}-${replica}.log`),
  };
};
