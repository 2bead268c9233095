import { eventually, randomName, withNatsCluster } from '@claw/testing';
import { withLeaders } from '../cluster/leaders.fixture';
import { withLinks } from '../linked.fixture';
import { ensureTopology } from '../topology/ensure-topology';
import { type LeaseHolder, LeaseManager } from './lease-manager';

const ttlMs = 2_000;
const names = Array.from({ length: 120 }, (_, index) => `lease-${index}`);
const owners = ['one', 'two', 'three'];

// Seen red in every second run where a lease is written anew without a look and a rest before: copies differ then.
describe('the copies of leases', () => {
  const cluster = withNatsCluster();
  const links = withLinks(cluster);
  const leaders = withLeaders(cluster);

  it('are the same on every node when many ask at the very moment that leases run out', async () => {
    const bucket = randomName('leases');
    const link = await links.linkWith([], [{ name: bucket, ttlMs }]);
    const managerOf = (over = links.link()) => ({ over, leases: new LeaseManager(over, { bucket, ttlMs }) });
    const gone = managerOf();
    await gone.over.up(5_000);
    await Promise.all(names.map((name) => gone.leases.acquire(name, 'gone')));
    await gone.over.close();

    const rivals = owners.map((owner) => ({ owner, ...managerOf() }));
    await Promise.all(rivals.map(({ over }) => over.up(5_000)));
    const won = new Map<string, LeaseHolder>();
    const ask = ({ owner, leases }: (typeof rivals)[number], name: string): Promise<void> =>
      eventually(
        async () => {
          const lease = won.has(name) ? undefined : await leases.acquire(name, owner);
          if (lease !== undefined) won.set(name, { owner, epoch: lease.epoch });
          expect(won.has(name)).toBe(true);
        },
        { withinMs: 10_000, everyMs: 1 },
      );
    await Promise.all(rivals.flatMap((rival) => names.map((name) => ask(rival, name))));

    // From here on nothing is renewed and nothing runs out: what was written stays to be looked at.
    await Promise.all(rivals.map(({ over }) => over.close()));
    await ensureTopology(link, { streams: [], buckets: [{ name: bucket }], replicas: 3 });
    const { leases } = managerOf(link);
    await leaders.eachInTurn(link, { stream: `KV_${bucket}` }, async () => {
      const found = await Promise.all(
        names.map(async (name) => [name, await eventually(() => leases.holder(name))] as const),
      );
      expect(new Map(found)).toEqual(won);
    });
  }, 90_000);
});
