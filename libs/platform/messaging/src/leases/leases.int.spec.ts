import { eventually, randomName, withNats } from '@claw/testing';
import { whileFrozen, withLinks } from '../linked.fixture';
import type { NatsLink } from '../connection/nats-link';
import { type Lease, LeaseManager } from './lease-manager';
import { withLease } from './with-lease';

const ttlMs = 1_000;

describe('leases', () => {
  const nats = withNats();
  const links = withLinks(nats);
  const held: Lease[] = [];
  afterEach(async () => {
    await Promise.all(held.splice(0).map((lease) => lease.release()));
  });

  const setUp = async () => {
    const bucket = randomName('leases');
    const link = await links.linkWith([], [{ name: bucket, ttlMs }]);
    const managerOver = (over: NatsLink) => new LeaseManager(over, { bucket, ttlMs });
    return { link, managerOver, leases: managerOver(link) };
  };
  const acquired = async (asked: Promise<Lease | undefined>): Promise<Lease> => {
    const lease = await asked;
    if (lease === undefined) throw new Error('another owner has it');
    held.push(lease);
    return lease;
  };
  const passes = (ms: number) => {
    const until = performance.now() + ms;
    return eventually(() => expect(performance.now()).toBeGreaterThan(until), { withinMs: ms + 1_000 });
  };

  it('go to one of many who ask at once', async () => {
    const { leases } = await setUp();
    const asked = await Promise.all(
      Array.from({ length: 20 }, (_, n) => leases.acquire('publisher', `replica-${n}`)),
    );
    const won = asked.filter((lease) => lease !== undefined);
    held.push(...won);
    expect(won).toHaveLength(1);
    expect((await leases.holder('publisher'))?.epoch).toBe(won[0]?.epoch);
  });

  it('stay with the one who renews', async () => {
    const { leases } = await setUp();
    const lease = await acquired(leases.acquire('publisher', 'one'));
    await passes(ttlMs * 2.5);
    expect(lease.held()).toBe(true);
    expect(await leases.acquire('publisher', 'two')).toBeUndefined();
    expect(await leases.holder('publisher')).toEqual({ owner: 'one', epoch: lease.epoch });
  });

  it('are free at once when handed back, with a higher epoch for the next', async () => {
    const { leases } = await setUp();
    const first = await acquired(leases.acquire('publisher', 'one'));
    await first.release();
    expect(first.held()).toBe(false);
    expect(first.signal.aborted).toBe(true);
    expect(await leases.holder('publisher')).toBeUndefined();
    const second = await acquired(leases.acquire('publisher', 'two'));
    expect(second.epoch).toBeGreaterThan(first.epoch);
  });

  it('pass on when their owner is cut off, who has let go by then', async () => {
    const { leases, managerOver } = await setUp();
    const cutOff = links.link();
    await cutOff.connection();
    const first = await acquired(managerOver(cutOff).acquire('publisher', 'one'));
    await cutOff.close();
    const since = performance.now();
    const second = await eventually(() => acquired(leases.acquire('publisher', 'two')), { withinMs: 3_000 });
    expect(first.held()).toBe(false);
    expect(first.signal.aborted).toBe(true);
    expect(performance.now() - since).toBeLessThan(ttlMs + 500);
    expect(second.epoch).toBeGreaterThan(first.epoch);
  });

  it('end by their owner\u2019s own clock before the server could give them to another', async () => {
    const { link, leases } = await setUp();
    const lease = await acquired(leases.acquire('publisher', 'one'));
    await whileFrozen(nats, link, async () => {
      const since = performance.now();
      await eventually(() => expect(lease.signal.aborted).toBe(true));
      expect(performance.now() - since).toBeLessThan(ttlMs);
      expect(lease.held()).toBe(false);
    });
  });

  it('outlast a restart of the server, and their epochs never go back', async () => {
    const { link, leases } = await setUp();
    const epochs: number[] = [];
    for (let round = 0; round < 3; round += 1) {
      const lease = await eventually(() => acquired(leases.acquire('publisher', 'one')));
      epochs.push(lease.epoch);
      await lease.release();
      // Nothing is left in the bucket when the server dies.
      await eventually(async () => {
        const { state } = await (await link.manager()).streams.info([...(await bucketsOf(link))][0] ?? '');
        expect(state.messages).toBe(0);
      });
      await nats.crash();
      await nats.up();
      await link.up(5_000);
    }
    expect([...epochs].sort((one, other) => one - other)).toEqual(epochs);
    expect(new Set(epochs).size).toBe(3);
  });

  const bucketsOf = async (link: NatsLink): Promise<string[]> => {
    const names: string[] = [];
    for await (const { config } of (await link.manager()).streams.list()) names.push(config.name);
    return names.filter((name) => name.startsWith('KV_leases'));
  };

  it('are lost to one who takes over, and the loser learns it when renewing', async () => {
    const { leases } = await setUp();
    const first = await acquired(leases.acquire('subaccount', 'one'));
    const second = await acquired(leases.acquire('subaccount', 'two', { takeOver: true }));
    expect(second.epoch).toBeGreaterThan(first.epoch);
    await eventually(() => expect(first.signal.aborted).toBe(true));
    await passes(ttlMs);
    expect(second.held()).toBe(true);
  });

  describe('withLease', () => {
    it('runs the work in one process at a time and moves it when that one is cut off', async () => {
      const { managerOver } = await setUp();
      const end = new AbortController();
      const atWork = new Set<string>();
      const history: string[] = [];
      let most = 0;
      const processes = ['one', 'two', 'three'].map((owner) => ({ owner, link: links.link() }));
      const loops = processes.map(({ owner, link }) =>
        withLease(managerOver(link), { name: 'publisher', owner, signal: end.signal }, async (signal) => {
          atWork.add(owner);
          history.push(owner);
          most = Math.max(most, atWork.size);
          await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
          atWork.delete(owner);
        }),
      );
      await eventually(() => expect(history).toHaveLength(1));
      const [first] = history;
      await processes.find(({ owner }) => owner === first)?.link.close();
      await eventually(() => expect(history).toHaveLength(2), { withinMs: 4_000 });
      expect(history[1]).not.toBe(first);
      expect(most).toBe(1);
      end.abort();
      await Promise.all(loops);
      expect(atWork.size).toBe(0);
    });

    it('begins nothing where it is ended while it asks, and hands back what it got', async () => {
      const { leases } = await setUp();
      const end = new AbortController();
      const acquire = leases.acquire.bind(leases);
      leases.acquire = async (...asked) => {
        const lease = await acquire(...asked);
        end.abort();
        return lease;
      };
      let runs = 0;
      await withLease(leases, { name: 'publisher', owner: 'one', signal: end.signal }, async () => {
        runs += 1;
      });
      expect(runs).toBe(0);
      await acquired(acquire('publisher', 'two'));
    });

    it('begins work anew that failed', async () => {
      const { leases } = await setUp();
      const end = new AbortController();
      let runs = 0;
      const loop = withLease(leases, { name: 'publisher', owner: 'one', signal: end.signal }, async () => {
        runs += 1;
        if (runs < 3) throw new Error('no luck');
        end.abort();
      });
      await loop;
      expect(runs).toBe(3);
    });

    it('hands the lease back at its end', async () => {
      const { leases } = await setUp();
      const end = new AbortController();
      let working = false;
      const loop = withLease(
        leases,
        { name: 'publisher', owner: 'one', signal: end.signal },
        async (signal) => {
          working = true;
          await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
        },
      );
      await eventually(() => expect(working).toBe(true));
      end.abort();
      await loop;
      await acquired(leases.acquire('publisher', 'two'));
    });
  });
});
