import { eventually, freePort, randomName } from '@claw/testing';
import { Child } from './testing/child.fixture';
import { RoutingWorld } from './testing/routing-world.fixture';
import { randomNumber } from './testing/tenants.fixture';

describe('the start of the service', () => {
  const world = new RoutingWorld();
  beforeAll(() => world.open(), 60_000);
  afterAll(() => world.close(), 60_000);

  it('needs nothing else to be there, says what is missing, and heals', async () => {
    await Promise.all([world.nats.crash(), world.postgres.crash(), world.eventStore.crash()]);
    const port = await freePort();
    const base = `http://127.0.0.1:${port}`;
    const child = await Child.start(
      'apps/routing/src/main.js',
      world.env(randomName('r').replace('_', '-'), port),
      `${base}/health/live`,
    );
    try {
      const ready = await fetch(`${base}/health/ready`);
      expect(ready.status).toBe(503);
      expect(await ready.json()).toMatchObject({
        error: {
          nats: { status: 'down' },
          postgres: { status: 'down' },
          eventstore: { status: 'down' },
        },
      });
      await Promise.all([world.nats.up(), world.postgres.up(), world.eventStore.up()]);
      await eventually(async () => expect((await fetch(`${base}/health/ready`)).status).toBe(200), {
        withinMs: 30_000,
      });
      const subaccount = await eventually(() => world.tenants.subaccount(), { withinMs: 10_000 });
      const phone = randomNumber();
      await eventually(
        async () => expect(await world.claim(subaccount, [phone])).toMatchObject([{ ok: true }]),
        {
          withinMs: 10_000,
        },
      );
      await world.accept(subaccount, phone, 'all is well');
      await eventually(async () => expect(await world.carrier.phone(phone)).toHaveLength(1), {
        withinMs: 20_000,
      });
    } finally {
      expect(await child.end('SIGTERM')).toBe(0);
    }
  }, 90_000);
});
