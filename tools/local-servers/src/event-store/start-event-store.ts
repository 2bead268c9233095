import { access, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { httpAnswers } from '../process/http-answers';
import { startServer } from '../process/start-server';
import type { ProcessOptions } from '../process/start-server';
import { ServerStartFailed } from '../process/server-start-failed';
import type { ServerProcess } from '../process/server-process';
import { withFreePorts } from '../process/with-free-ports';
import { workspaceRoot } from '../process/workspace-root';

export interface EventStoreOptions extends ProcessOptions {
  /** Holds the log, below `log/`. */
  readonly dataDir: string;
  readonly port?: number | undefined;
  readonly healthPort?: number | undefined;
  /** Flags for its Node, as `--max-old-space-size=96`. */
  readonly nodeFlags?: readonly string[] | undefined;
  /** Further environment, on top of this process's own. */
  readonly env?: NodeJS.ProcessEnv | undefined;
}

export interface RunningEventStore extends ServerProcess {
  /** `esdb://127.0.0.1:<port>?tls=false` */
  readonly url: string;
  readonly port: number;
  readonly healthPort: number;
  /** Answers 2xx while it serves. */
  readonly health: string;
}

/** Where the build puts the embedded event store. */
const entry = (): string => join(workspaceRoot(), 'dist/tools/eventstore-embedded/src/main.js');

/**
 * Starts the embedded event store as a process of its own on 127.0.0.1, on free ports where none are given, and
 * waits until it serves. Throws ServerStartFailed with the reason in one line, as when it hasn't been built.
 */
export const startEventStore = async (options: EventStoreOptions): Promise<RunningEventStore> => {
  const { dataDir, nodeFlags = [], env = {} } = options;
  const main = entry();
  await access(main).catch(() => {
    throw new ServerStartFailed('eventstore', `${main} is missing: run node tools/build/build.mjs first`);
  });
  const log = join(dataDir, 'log');
  await mkdir(log, { recursive: true, mode: 0o700 });
  return withFreePorts('eventstore', [options.port, options.healthPort], async (ports) => {
    const [port = 0, healthPort = 0] = ports;
    const health = `http://127.0.0.1:${healthPort}/health/ready`;
    const server = await startServer({
      ...options,
      name: 'eventstore',
      command: process.execPath,
      args: [...nodeFlags, main],
      env: {
        ...process.env,
        ...env,
        EVENTSTORE_PORT: String(port),
        EVENTSTORE_DATA: log,
        HTTP_PORT: String(healthPort),
      },
      logFile: options.logFile ?? join(dataDir, 'eventstore.log'),
      ready: () => httpAnswers(health),
    });
    return { ...server, url: `esdb://127.0.0.1:${port}?tls=false`, port, healthPort, health };
  });
};
