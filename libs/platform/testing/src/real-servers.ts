import { startEventStore, startNatsServer, startPostgres } from '@claw/local-servers';
import type { RunningEventStore, RunningNatsServer, RunningPostgres } from '@claw/local-servers';
import { withServer } from './server-fixture';
import type { ServerFixture } from './server-fixture';

/** A nats-server with JetStream for the tests of a file or `describe`. */
export const withNats = (): ServerFixture<RunningNatsServer> => withServer(startNatsServer);

/** A PostgreSQL for the tests of a file or `describe`. */
export const withPostgres = (): ServerFixture<RunningPostgres> =>
  withServer((options) => startPostgres({ ...options, syncNewCluster: false }));

/** An event store for the tests of a file or `describe`; it has to have been built. */
export const withEventStore = (): ServerFixture<RunningEventStore> => withServer(startEventStore);
