import { buckets } from '@claw/contracts';
import { LeaseManager } from '@claw/messaging';
import { eventually, freePort } from '@claw/testing';
import type { Child } from '../testing/child.fixture';
import { Inbound } from '../testing/inbound.fixture';
import { RoutingWorld } from '../testing/routing-world.fixture';

describe('the replicas that could back-fill', () => {
  const world = new RoutingWorld({ BACKFILL_EVERY_MS: '250' });
  const inbound = new Inbound(world);
  const children = new Map<string, { readonly child: Child; readonly port: number }>();
  beforeAll(() => world.open(), 60_000);
  const killAll = async () => {
    await Promise.all([...children.values()].map(({ child }) => child.end('SIGKILL')));
    children.clear();
  };
  afterEach(killAll);
  afterAll(() => world.close(), 60_000);

  const start = async (instance: string, port: number) =>
    children.set(instance, { child: await world.startChild(instance, port), port });
  const worker = async (): Promise<string> => {
    const { name, ttlMs } = buckets.leases;
    const holder = await new LeaseManager(world.link, { bucket: name, ttlMs }).holder('routing.backfill');
    expect([...children.keys()]).toContain(holder?.owner);
    return holder?.owner ?? '';
  };
  const rounds = async (instance: string): Promise<number> => {
    const { port } = children.get(instance) ?? {};
    const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    return Number(/^claw_carrier_backfill_rounds_total\{outcome="done"\} (\d+)$/m.exec(metrics)?.[1] ?? 0);
  };

  // Seen red without the lease: then both have rounds.
  it('leave it to one of them, and another goes on when that one is killed', async () => {
    await start('routing-1', world.port);
    await start('routing-2', await freePort());
    const { subaccount, phone } = await inbound.routed();
    await world.carrier.behave({ handle: subaccount.sendingNumber, lose_webhooks: true });
    const text = (words: string) =>
      world.carrier.inbound({ from: phone, to: subaccount.sendingNumber, text: words });
    const expectTexts = (texts: readonly string[]) =>
      eventually(async () => expect(await inbound.textsOf(subaccount)).toEqual(texts), { withinMs: 20_000 });

    await text('before');
    await expectTexts(['before']);
    const one = await worker();
    const other = one === 'routing-1' ? 'routing-2' : 'routing-1';
    await eventually(async () => expect(await rounds(one)).toBeGreaterThan(5), { withinMs: 20_000 });
    expect(await rounds(other)).toBe(0);

    await children.get(one)?.child.end('SIGKILL');
    children.delete(one);
    await text('meanwhile');
    await expectTexts(['before', 'meanwhile']);
    expect(await worker()).toBe(other);
  }, 90_000);

  it('find what customers wrote while none of them was there', async () => {
    await start('routing-3', world.port);
    const { subaccount, phone } = await inbound.routed();
    const { sendingNumber } = subaccount;
    await world.carrier.behave({ handle: sendingNumber, lose_webhooks: true });
    await killAll();
    const words = Array.from({ length: 20 }, (_, index) => `text ${index}`);
    for (const text of words) await world.carrier.inbound({ from: phone, to: sendingNumber, text });
    await start('routing-4', world.port);
    await eventually(async () => expect(await inbound.textsOf(subaccount)).toEqual(words), {
      withinMs: 20_000,
    });
  }, 90_000);
});
