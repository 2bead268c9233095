import { eventually, freePort } from '@claw/testing';
import type { Child } from './testing/child.fixture';
import { RoutingWorld } from './testing/routing-world.fixture';
import { randomNumber, type TestSubaccount } from './testing/tenants.fixture';

describe('the replicas of the service', () => {
  const world = new RoutingWorld();
  const children: Child[] = [];
  beforeAll(() => world.open(), 60_000);
  afterEach(async () => {
    await Promise.all(children.splice(0).map((child) => child.end('SIGKILL')));
  });
  afterAll(() => world.close(), 60_000);

  const start = async (instance: string, port: number): Promise<Child> => {
    const child = await world.startChild(instance, port);
    children.push(child);
    return child;
  };
  const phonesOf = async (subaccount: TestSubaccount, count: number) => {
    const phones = Array.from({ length: count }, randomNumber);
    const outcomes = await world.claim(subaccount, phones);
    expect(outcomes.every((outcome) => outcome.ok)).toBe(true);
    return phones;
  };
  const partitionsOf = async (port: number): Promise<number> => {
    const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    return Number(/^claw_dispatch_partitions (\d+)$/m.exec(metrics)?.[1]);
  };
  const expectAll = async (phones: readonly string[], texts: readonly string[], withinMs: number) => {
    await eventually(
      async () => {
        const got = await Promise.all(phones.map((phone) => world.carrier.phone(phone)));
        expect(got.map((messages) => messages.map(({ text }) => text))).toEqual(phones.map(() => texts));
      },
      { withinMs, everyMs: 100 },
    );
  };

  it('lose nothing and double nothing at the carrier when one is killed in the middle of dispatching', async () => {
    let routing = await start('routing-1', world.port);
    const subaccount = await world.tenants.subaccount();
    const phones = await phonesOf(subaccount, 12);
    await world.carrier.behave({ delays: { answer_ms: 40 } });
    const texts = Array.from({ length: 10 }, (_, index) => `number ${index}`);
    for (const text of texts) {
      for (const phone of phones) await world.accept(subaccount, phone, text);
      if (text.endsWith('3') || text.endsWith('7')) {
        await routing.end('SIGKILL');
        routing = await start('routing-1', world.port);
      }
    }
    await expectAll(phones, texts, 30_000);
    await world.carrier.behave({ delays: null });
  }, 120_000);

  it('share the partitions, and take over those of one that dies, in order', async () => {
    const otherPort = await freePort();
    await start('routing-1', world.port);
    const dying = await start('routing-2', otherPort);
    await eventually(
      async () => {
        expect(await partitionsOf(world.port)).toBe(32);
        expect(await partitionsOf(otherPort)).toBe(32);
      },
      { withinMs: 15_000 },
    );
    const subaccount = await world.tenants.subaccount();
    const phones = await phonesOf(subaccount, 12);
    const texts = Array.from({ length: 6 }, (_, index) => `number ${index}`);
    for (const text of texts) {
      for (const phone of phones) await world.accept(subaccount, phone, text);
      if (text.endsWith('2')) await dying.end('SIGKILL');
    }
    await expectAll(phones, texts, 20_000);
    expect(await partitionsOf(world.port)).toBe(64);
  }, 90_000);

  it('hand their partitions over at once when they are told to stop', async () => {
    const otherPort = await freePort();
    const leaving = await start('routing-2', otherPort);
    await start('routing-1', world.port);
    await eventually(async () => expect(await partitionsOf(world.port)).toBe(32), { withinMs: 15_000 });
    expect(await leaving.end('SIGTERM')).toBe(0);
    await eventually(async () => expect(await partitionsOf(world.port)).toBe(64), { withinMs: 4_000 });
  }, 60_000);
});
