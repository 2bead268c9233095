import { randomUUID } from 'node:crypto';
import { digitsOf, directChatId, type PhoneNumber, routingCalls, streams, subjects } from '@claw/contracts';
import { monthOf, systemClock } from '@claw/kernel';
import { ServiceClient } from '@claw/messaging';
import { eventually } from '@claw/testing';
import { longestWebhook } from './webhooks/carrier-webhook.route';
import { Inbound, received, signed } from './testing/inbound.fixture';
import { RoutingWorld, system, value } from './testing/routing-world.fixture';
import { randomNumber, type TestSubaccount } from './testing/tenants.fixture';

describe('a message on its way in', () => {
  const world = new RoutingWorld();
  beforeAll(async () => {
    await world.open();
    await world.startApp();
  }, 60_000);
  afterAll(() => world.close(), 60_000);

  const inbound = new Inbound(world);
  const routed = () => inbound.routed();
  const textsOf = (subaccount: TestSubaccount) => inbound.textsOf(subaccount);
  /** What INBOUND holds for a sending number: webhooks of other numbers may come at any moment. */
  const inboundOf = async (sending: PhoneNumber): Promise<number> => {
    const subject = subjects.inbound(digitsOf(sending));
    const manager = await world.link.manager();
    const { state } = await manager.streams.info(streams.inbound.name, { subjects_filter: subject });
    return state.subjects?.[subject] ?? 0;
  };
  it('reaches its agent though it holds what Postgres can’t store', async () => {
    const { subaccount, phone } = await routed();
    for (const text of ['a\0b', 'a\uD83Db', 'fine']) {
      const body = JSON.stringify(received(phone, subaccount.sendingNumber, text));
      expect((await inbound.post(body, signed(body))).status).toBe(200);
    }
    await eventually(
      async () => expect((await textsOf(subaccount)).toSorted()).toEqual(['a\uFFFDb', 'a\uFFFDb', 'fine']),
      { withinMs: 10_000 },
    );
  });

  it('reaches the agent that its number is routed to', async () => {
    const { subaccount, phone } = await routed();
    const messageId = await world.carrier.inbound({ from: phone, to: subaccount.sendingNumber, text: 'hi' });
    await eventually(
      async () =>
        expect(await world.feed(subaccount)).toEqual([
          expect.objectContaining({
            type: 'message',
            messageId,
            chatId: directChatId(subaccount.subaccountId, phone, 0),
            from: phone,
            text: 'hi',
            isGroup: false,
          }),
        ]),
      { withinMs: 10_000 },
    );
  });

  it('is answered in the carrier’s chat that it opened', async () => {
    const { subaccount, phone } = await routed();
    await inbound.settle({ subaccount, phone });
    await world.accept(subaccount, phone, 'see https://example.com');
    await eventually(async () => expect(await world.carrier.phone(phone)).toHaveLength(1), {
      withinMs: 10_000,
    });
  });

  it('comes once, however often the carrier sends it', async () => {
    const { subaccount, phone } = await routed();
    await world.carrier.behave({ handle: phone, duplicates: 3 });
    await world.carrier.inbound({ from: phone, to: subaccount.sendingNumber, text: 'once' });
    const body = JSON.stringify(received(phone, subaccount.sendingNumber, 'once more'));
    for (const id of [randomUUID(), randomUUID(), randomUUID()]) {
      expect((await inbound.post(body, signed(body, id))).status).toBe(200);
    }
    await world.carrier.behave({ handle: phone, duplicates: 0 });
    await inbound.settle({ subaccount, phone });
    const texts = await textsOf(subaccount);
    expect(texts.filter((text) => text === 'once')).toHaveLength(1);
    expect(texts.filter((text) => text === 'once more')).toHaveLength(1);
  });

  it('reaches nobody where it was sent to another agency’s number', async () => {
    const one = await routed();
    const other = await routed();
    await world.carrier.inbound({ from: one.phone, to: other.subaccount.sendingNumber, text: 'astray' });
    await inbound.settle(one);
    await inbound.settle(other);
    expect(await textsOf(one.subaccount)).not.toContain('astray');
    expect(await textsOf(other.subaccount)).not.toContain('astray');
  });

  it('reaches nobody where its number is routed to nobody', async () => {
    const one = await routed();
    await world.carrier.inbound({
      from: randomNumber(),
      to: one.subaccount.sendingNumber,
      text: 'who is it',
    });
    await inbound.settle(one);
    expect(await textsOf(one.subaccount)).toHaveLength(1);
  });

  it('never reaches a later owner of its number: it goes to the one who held it then', async () => {
    const agency = await world.tenants.agency();
    const [earlier, later] = [await world.tenants.subaccount(agency), await world.tenants.subaccount(agency)];
    const phone = randomNumber();
    const before = new Date(Date.now() - 60_000).toISOString();
    await world.claim(earlier, [phone]);
    const during = new Date().toISOString();
    await inbound.release(earlier, phone);
    await world.claim(later, [phone]);
    const to = agency.sendingNumber;
    await world.carrier.inbound({ from: phone, to, text: 'for nobody yet', sent_at: before });
    await world.carrier.inbound({ from: phone, to, text: 'for the earlier', sent_at: during });
    await inbound.settle({ subaccount: later, phone });
    await eventually(async () => expect(await textsOf(earlier)).toEqual(['for the earlier']), {
      withinMs: 10_000,
    });
    expect(await textsOf(later)).toHaveLength(1);
  });

  it('is dropped where the one who held its number then is closed by now', async () => {
    const agency = await world.tenants.agency();
    const [closed, later] = [await world.tenants.subaccount(agency), await world.tenants.subaccount(agency)];
    const phone = randomNumber();
    await world.claim(closed, [phone]);
    const during = new Date().toISOString();
    await world.tenants.setSubaccount(closed, 'closed');
    await world.claim(later, [phone]);
    await world.carrier.inbound({ from: phone, to: agency.sendingNumber, text: 'gone', sent_at: during });
    await inbound.settle({ subaccount: later, phone });
    expect(await textsOf(closed)).toEqual([]);
    expect(await textsOf(later)).toHaveLength(1);
  });

  it('is kept while its subaccount is suspended', async () => {
    const one = await routed();
    await world.tenants.setSubaccount(one.subaccount, 'suspended');
    await inbound.settle(one);
  });

  it('is counted for its subaccount in the month', async () => {
    const one = await routed();
    await inbound.settle(one);
    await inbound.settle(one);
    await world.accept(one.subaccount, one.phone, 'out');
    const { agencyId, subaccountId } = one.subaccount;
    await eventually(async () =>
      expect(
        value(
          await new ServiceClient(world.link).call(
            routingCalls.usage,
            { agencyId, month: monthOf(systemClock.now()) },
            system,
          ),
        ),
      ).toEqual({ rows: [{ subaccountId, messagesOut: 1, messagesIn: 2 }] }),
    );
  });

  it('is not let in without the carrier’s signature, and nothing is written', async () => {
    const one = await routed();
    const body = JSON.stringify(received(one.phone, one.subaccount.sendingNumber, 'forged'));
    const before = await inboundOf(one.subaccount.sendingNumber);
    const good = signed(body);
    const old = new Date(Date.now() - 301_000);
    expect((await inbound.post(body, {})).status).toBe(401);
    expect((await inbound.post(body, { ...good, 'webhook-signature': 'v1,AAAA' })).status).toBe(401);
    expect((await inbound.post(`${body} `, good)).status).toBe(401);
    expect((await inbound.post(body, { ...good, 'webhook-id': randomUUID() })).status).toBe(401);
    expect((await inbound.post(body, signed(body, randomUUID(), old))).status).toBe(401);
    expect((await inbound.post('not json', good)).status).toBe(401);
    expect((await inbound.post('not json', signed('not json'))).status).toBe(400);
    expect((await inbound.post(Buffer.alloc(longestWebhook + 1, 'x'), good)).status).toBe(413);
    expect(await inboundOf(one.subaccount.sendingNumber)).toBe(before);
    expect((await inbound.post(body, good)).status).toBe(200);
    expect(await inboundOf(one.subaccount.sendingNumber)).toBe(before + 1);
  });

  it.each([
    ['an event type that isn’t known', { event_type: 'message.invented', data: { anything: true } }],
    ['one that nothing is done with', { event_type: 'message.edited', data: { id: 'x' } }],
    ['one without data', { event_type: 'message.received', data: {} }],
    ['one that is no event', [1, 2, 3]],
  ])('doesn’t stumble over %s', async (_, event) => {
    const body = JSON.stringify(
      Array.isArray(event) ? event : { created_at: new Date().toISOString(), ...event },
    );
    expect((await inbound.post(body, signed(body))).status).toBe(200);
    await inbound.settle(await routed());
  });

  it('is asked for again where it can’t be kept, and comes once all is well', async () => {
    const { subaccount, phone } = await routed();
    const body = JSON.stringify(received(phone, subaccount.sendingNumber, 'later'));
    await world.nats.crash();
    try {
      await eventually(async () => expect((await inbound.post(body, signed(body))).status).toBe(503));
    } finally {
      await world.nats.up();
    }
    await eventually(async () => expect((await inbound.post(body, signed(body))).status).toBe(200), {
      withinMs: 15_000,
    });
    await eventually(async () => expect(await textsOf(subaccount)).toEqual(['later']), { withinMs: 15_000 });
  }, 60_000);

  it('waits while Postgres and the event store are down, and then comes', async () => {
    const { subaccount, phone } = await routed();
    await Promise.all([world.postgres.crash(), world.eventStore.crash()]);
    await world.carrier.inbound({ from: phone, to: subaccount.sendingNumber, text: 'patience' });
    await Promise.all([world.postgres.up(), world.eventStore.up()]);
    await eventually(async () => expect(await textsOf(subaccount)).toEqual(['patience']), {
      withinMs: 25_000,
    });
  }, 60_000);
});
