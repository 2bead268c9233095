import { eventually } from '@claw/testing';
import { RoutingWorld } from './testing/routing-world.fixture';

describe('a message on its way out', () => {
  const world = new RoutingWorld();
  beforeAll(async () => {
    await world.open();
    await world.startApp();
  }, 60_000);
  afterAll(() => world.close(), 60_000);

  const sender = () => world.sender();

  it('reaches the phone, and its agent hears each state once and in order', async () => {
    const { subaccount, phone } = await sender();
    const messageId = await world.accept(subaccount, phone, 'hello');
    await eventually(
      async () => expect(await world.statesOf(subaccount, messageId)).toEqual(['sent', 'delivered', 'read']),
      { withinMs: 10_000 },
    );
    expect(await world.carrier.phone(phone)).toMatchObject([{ text: 'hello', idempotency_key: messageId }]);
    expect((await world.feed(subaccount))[0]).toMatchObject({ id: 'client of hello' });
  });

  it('keeps the order of its chat, in one chat of the carrier', async () => {
    const { subaccount, phone } = await sender();
    const texts = Array.from({ length: 20 }, (_, index) => `number ${index}`);
    for (const text of texts) await world.accept(subaccount, phone, text);
    await eventually(
      async () => expect((await world.carrier.phone(phone)).map(({ text }) => text)).toEqual(texts),
      { withinMs: 15_000 },
    );
    expect(new Set((await world.carrier.phone(phone)).map((message) => message.chat_id)).size).toBe(1);
  });

  it('is one of many that come in a burst, and all of them leave, each chat’s in order', async () => {
    const senders = await Promise.all(Array.from({ length: 60 }, sender));
    const texts = Array.from({ length: 8 }, (_, index) => `number ${index}`);
    for (const text of texts) {
      await Promise.all(senders.map(({ subaccount, phone }) => world.accept(subaccount, phone, text)));
    }
    await eventually(
      async () => {
        const got = await Promise.all(senders.map(({ phone }) => world.carrier.phone(phone)));
        expect(got.map((messages) => messages.map(({ text }) => text))).toEqual(senders.map(() => texts));
      },
      { withinMs: 60_000, everyMs: 500 },
    );
  }, 90_000);

  it.each([
    ['a 500', { fail: { status: 500, code: 3001, times: 2 } }],
    ['a 429', { fail: { status: 429, code: 1007, retry_after: 1, times: 1 } }],
    ['a request that never gets an answer', { timeout: { times: 1 } }],
  ])('survives %s of the carrier, and is sent once', async (_, behaviour) => {
    const { subaccount, phone } = await sender();
    await world.carrier.behave({ handle: phone, ...behaviour });
    const first = await world.accept(subaccount, phone, 'first');
    await world.accept(subaccount, phone, 'second');
    await eventually(
      async () =>
        expect((await world.carrier.phone(phone)).map(({ text }) => text)).toEqual(['first', 'second']),
      { withinMs: 20_000 },
    );
    await eventually(async () => expect(await world.statesOf(subaccount, first)).toContain('read'), {
      withinMs: 10_000,
    });
  });

  it('fails with the carrier’s reason where the carrier refuses it, and the next one goes on', async () => {
    const { subaccount, phone } = await sender();
    const refused = await world.accept(subaccount, phone, 'see https://example.com');
    await world.accept(subaccount, phone, 'without a link');
    await eventually(
      async () => {
        expect(await world.feed(subaccount)).toContainEqual(
          expect.objectContaining({
            messageId: refused,
            status: 'failed',
            errorCode: 'carrier_rejected',
            error: expect.stringMatching(/^The carrier rejected the message: .*link.* \(1005\)\.$/),
          }),
        );
        expect((await world.carrier.phone(phone)).map(({ text }) => text)).toEqual(['without a link']);
      },
      { withinMs: 10_000 },
    );
  });

  it('fails where the carrier couldn’t deliver it', async () => {
    const { subaccount, phone } = await sender();
    await world.carrier.behave({ handle: phone, undeliverable: {} });
    const messageId = await world.accept(subaccount, phone, 'nobody home');
    await eventually(async () => expect(await world.statesOf(subaccount, messageId)).toEqual(['failed']), {
      withinMs: 10_000,
    });
  });

  it('fails where its route is gone by the time it would be sent', async () => {
    const { subaccount, phone } = await sender();
    const messageId = await world.accept(subaccount, phone, 'too late', { claimRevision: 7 });
    await eventually(
      async () =>
        expect(await world.feed(subaccount)).toMatchObject([
          { messageId, status: 'failed', errorCode: 'route_not_registered' },
        ]),
      { withinMs: 10_000 },
    );
    expect(await world.carrier.phone(phone)).toEqual([]);
  });

  it('is held while its subaccount is suspended, and sent once it isn’t', async () => {
    const { subaccount, phone } = await sender();
    await world.tenants.setSubaccount(subaccount, 'suspended');
    await world.accept(subaccount, phone, 'patience');
    const { subaccount: other, phone: otherPhone } = await sender();
    await world.accept(other, otherPhone, 'meanwhile');
    await eventually(async () => expect(await world.carrier.phone(otherPhone)).toHaveLength(1), {
      withinMs: 10_000,
    });
    expect(await world.carrier.phone(phone)).toEqual([]);
    await world.tenants.setSubaccount(subaccount, 'active');
    await eventually(async () => expect(await world.carrier.phone(phone)).toHaveLength(1), {
      withinMs: 10_000,
    });
  });

  it('waits in the stream while Postgres is down, and is sent once it is back', async () => {
    const { subaccount, phone } = await sender();
    await world.postgres.crash();
    const messageId = await world.accept(subaccount, phone, 'no ledger now');
    await world.postgres.up();
    await eventually(async () => expect(await world.statesOf(subaccount, messageId)).toContain('read'), {
      withinMs: 25_000,
    });
    expect(await world.carrier.phone(phone)).toHaveLength(1);
  }, 60_000);
});
