import { startEventStore, startNatsCluster, startNatsServer, startPostgres } from '@claw/local-servers';
import type { NatsCluster, RunningEventStore, RunningNatsServer, RunningPostgres } from '@claw/local-servers';
import { withServer } from './server-fixture';
import type { ServerFixture } from './server-fixture';

/** A nats-server with JetStream for the tests of a file or `describe`. */
export const withNats = (): ServerFixture<RunningNatsServer> =>
  withServer((dataDir, before) => startNatsServer({ dataDir, port: before?.port }));

/** Three nats-servers in a cluster, with streams and buckets of three copies, for the tests of a file or `describe`. */
export const withNatsCluster = (): ServerFixture<NatsCluster> =>
  withServer((dataDir, before) => startNatsCluster({ dataDir, ports: before?.ports }));

/** A PostgreSQL for the tests of a file or `describe`. */
export const withPostgres = (): ServerFixture<RunningPostgres> =>
  withServer((dataDir, before) => startPostgres({ dataDir, port: before?.port, syncNewCluster: false }));

/** An event store for the tests of a file or `describe`; it has to have been built. */
export const withEventStore = (): ServerFixture<RunningEventStore> =>
  withServer((dataDir, before) => startEventStore({ dataDir, port: before?.port }));
