import { buckets } from '@claw/contracts';
import { type Clock, instant } from '@claw/kernel';
import { connectNats, ensureTopology, type Log, type NatsLink, silentLog } from '@claw/messaging';
import { eventually, randomName, withNats } from '@claw/testing';
import { RateCounters } from './rate.counters';
import { RateStore } from './rate.store';
import { windowMs } from './rate-window';

describe('calls a minute, counted by three replicas', () => {
  const nats = withNats();
  const links: NatsLink[] = [];
  let nowMs: number;
  let owner: string;

  beforeAll(async () => {
    for (let index = 0; index < 3; index += 1) {
      links.push(connectNats({ url: nats.url, name: `api-${index}`, timeoutMs: 2_000 }));
    }
    await shareRates();
  });
  beforeEach(() => {
    nowMs = Date.now();
    owner = randomName('owner');
  });
  afterAll(() => Promise.all(links.map((link) => link.close(1_000))));

  const shareRates = () =>
    ensureTopology(links[0] as NatsLink, { streams: [], buckets: [buckets.rates], replicas: 1 });
  const clock: Clock = { now: () => instant(nowMs) };
  const replicas = (log: Log = silentLog) =>
    links.map((link) => new RateCounters(new RateStore(link, log, clock), clock));

  const call = async (replica: RateCounters | undefined, limit: number, cost = 1) => {
    const count = await replica?.count('requests', owner, cost, limit);
    if (count === undefined) throw new Error('no such replica');
    return count;
  };

  /** How many of `calls` are let through, made all at once and spread over the replicas. */
  const atOnce = async (over: readonly RateCounters[], calls: number, limit: number) => {
    const counts = await Promise.all(
      Array.from({ length: calls }, (_, index) => call(over[index % over.length], limit)),
    );
    return counts.filter(({ allowed }) => allowed).length;
  };

  it('are never more than the limit, and hardly fewer, however many come at once', async () => {
    const all = replicas();
    let through = 0;
    for (let wave = 0; wave < 40; wave += 1) through += await atOnce(all, 60, 600);
    expect(through).toBeLessThanOrEqual(600);
    expect(through).toBeGreaterThanOrEqual(540);
  });

  it('are never more than the limit where they come one by one', async () => {
    const all = replicas();
    let through = 0;
    for (let index = 0; index < 900; index += 1) {
      const { allowed } = await call(all[index % 3], 300);
      if (allowed) through += 1;
    }
    expect(through).toBeLessThanOrEqual(300);
    expect(through).toBeGreaterThanOrEqual(270);
  });

  it('are exactly the limit where one replica gets them all', async () => {
    const [one] = replicas();
    const counts = [];
    for (let index = 0; index < 13; index += 1) counts.push(await call(one, 10));
    expect(counts.filter(({ allowed }) => allowed)).toHaveLength(10);
    expect(counts.map(({ remaining }) => remaining)).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1, 0, 0, 0, 0]);
  });

  it('count by their cost, and one that is refused not at all', async () => {
    const [one, other] = replicas();
    expect(await call(one, 1_000, 900)).toMatchObject({ allowed: true });
    expect(await call(other, 1_000, 101)).toMatchObject({ allowed: false, remaining: 100 });
    expect(await call(other, 1_000, 100)).toMatchObject({ allowed: true, remaining: 0 });
  });

  it('begin anew a minute after the first', async () => {
    const [one, other] = replicas();
    expect(await call(one, 1)).toMatchObject({ allowed: true, resetMs: windowMs });
    nowMs += windowMs - 1;
    expect(await call(other, 1)).toMatchObject({ allowed: false, resetMs: 1 });
    nowMs += 1;
    expect(await call(other, 1)).toMatchObject({ allowed: true, resetMs: windowMs });
    expect(await call(one, 1)).toMatchObject({ allowed: false });
  });

  it('follow a changed limit at once, up and down', async () => {
    const all = replicas();
    expect(await atOnce(all, 6, 3)).toBe(3);
    expect(await atOnce(all, 6, 5)).toBe(2);
    expect(await atOnce(all, 30, 15)).toBe(10);
    expect(await atOnce(all, 6, 4)).toBe(0);
    const [one] = replicas();
    owner = randomName('owner');
    await call(one, 600);
    expect((await call(one, 5)).remaining).toBe(3);
  });

  it('are counted by each replica itself while the bucket is not there, which is said once', async () => {
    const warnings: string[] = [];
    const infos: string[] = [];
    const log = {
      ...silentLog,
      warn: (_: object, message: string) => void warnings.push(message),
      info: (_: object, message: string) => void infos.push(message),
    };
    const [one, other] = replicas(log) as [RateCounters, RateCounters];
    await (await (links[0] as NatsLink).manager()).streams.delete(`KV_${buckets.rates.name}`);
    try {
      expect(await atOnce([one], 20, 10)).toBe(10);
      expect(await atOnce([other], 20, 10)).toBe(10);
      expect(warnings).toHaveLength(2);
    } finally {
      await shareRates();
    }
    nowMs += windowMs;
    await eventually(async () => {
      nowMs += 1_000;
      await call(one, 10);
      expect(infos).toHaveLength(1);
    });
    owner = randomName('owner');
    expect(await atOnce([one], 10, 10)).toBe(10);
    expect(await atOnce([replicas()[2] as RateCounters], 10, 10)).toBe(0);
  });
});
