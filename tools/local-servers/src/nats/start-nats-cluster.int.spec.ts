import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { connect } from 'nats';
import type { NatsConnection } from 'nats';
import { isPortFree } from '../process/free-port';
import { startNatsCluster } from './start-nats-cluster';
import type { NatsCluster } from './start-nats-cluster';

describe('startNatsCluster', () => {
  let dataDir: string;
  let cluster: NatsCluster | undefined;
  const open: NatsConnection[] = [];

  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'claw-nats-'));
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((connection) => connection.close()));
    await cluster?.kill();
    cluster = undefined;
    await rm(dataDir, { recursive: true, force: true });
  });

  const connected = async (url: string): Promise<NatsConnection> => {
    const connection = await connect({ servers: url.split(','), maxReconnectAttempts: -1 });
    open.push(connection);
    return connection;
  };
  const leaderOf = async (connection: NatsConnection, stream: string): Promise<string> => {
    const manager = await connection.jetstreamManager();
    return (await manager.streams.info(stream)).cluster?.leader ?? '';
  };
  const makeStream = async (connection: NatsConnection): Promise<void> => {
    const manager = await connection.jetstreamManager();
    await manager.streams.add({ name: 'KEPT', subjects: ['kept'], num_replicas: 3 });
  };

  /** The others elect a new leader within 4 to 9 s. */
  const stored = async (connection: NatsConnection): Promise<void> => {
    const deadline = performance.now() + 20_000;
    const published = (): Promise<boolean> =>
      connection
        .jetstream({ timeout: 1_000 })
        .publish('kept', '', { msgID: 'once' })
        .then(
          () => true,
          () => false,
        );
    while (!(await published())) {
      if (performance.now() > deadline) throw new Error('no leader took over');
      await delay(100);
    }
  };

  it('is there once streams with three copies can be made, at the first try, and leaves no port in use', async () => {
    cluster = await startNatsCluster({ dataDir });
    await makeStream(await connected(cluster.url));
    expect(cluster.url.split(',')).toHaveLength(3);
    expect((await readdir(dataDir)).sort()).toEqual(['nats-1', 'nats-2', 'nats-3']);
    await cluster.stop();
    expect(await Promise.all(cluster.ports.map(isPortFree))).toEqual(new Array(9).fill(true));
  });

  it('goes on without the node that leads, which catches up when it is back', async () => {
    cluster = await startNatsCluster({ dataDir });
    const connection = await connected(cluster.url);
    await makeStream(connection);
    const leader = cluster.node(await leaderOf(connection, 'KEPT'));
    await leader.kill();
    expect(cluster.nodes.map(({ isUp }) => isUp).filter(Boolean)).toHaveLength(2);
    const others = cluster.nodes.filter((node) => node !== leader);
    const survivors = await connected(others.map(({ url }) => url).join(','));
    await stored(survivors);
    await cluster.mend();
    expect(cluster.nodes.map(({ isUp }) => isUp)).toEqual([true, true, true]);
    const manager = await survivors.jetstreamManager();
    const { state, cluster: group } = await manager.streams.info('KEPT');
    expect(state.messages).toBe(1);
    expect(group?.replicas?.map(({ current }) => current)).toEqual([true, true]);
  }, 60_000);

  it('keeps its data and its ports when all nodes are killed at once', async () => {
    cluster = await startNatsCluster({ dataDir });
    const before = await connected(cluster.url);
    await makeStream(before);
    await before.jetstream().publish('kept');
    await before.close();
    await cluster.kill();
    cluster = await startNatsCluster({ dataDir, ports: cluster.ports });
    const after = await connected(cluster.url);
    expect((await (await after.jetstreamManager()).streams.info('KEPT')).state.messages).toBe(1);
  }, 60_000);
});
