import { buckets, chatEntrySchema, directChatId } from '@claw/contracts';
import { newId } from '@claw/kernel';
import { KvBucket } from '@claw/messaging';
import { eventually, withNats } from '@claw/testing';
import { Platform, randomNumber } from './testing/platform.fixture';
import { TestAgent } from './testing/test-agent.fixture';
import { startGateway, type TestGateway } from './testing/test-gateway.fixture';

const nats = withNats();
let platform: Platform;
let gateway: TestGateway;

beforeAll(async () => {
  platform = await Platform.on(nats.url);
  gateway = await startGateway({ natsUrl: nats.url });
}, 60_000);

afterAll(async () => {
  await gateway.stop();
  await platform.close();
});

const connected = async (entry: Parameters<Platform['subaccount']>[0] = {}) => {
  const sub = await platform.subaccount(entry);
  const agent = await TestAgent.connect(gateway.socket, sub.key);
  return { sub, agent };
};

/** The projection that a refusal comes from is milliseconds behind. */
const untilRefused = (agent: TestAgent, number: string, errorCode: string) =>
  eventually(async () => expect(await agent.text(newId(), number)).toMatchObject({ ok: false, errorCode }), {
    withinMs: 1_000,
  });

describe('a send', () => {
  it('is answered once it lies in OUTBOUND, with all that dispatch needs', async () => {
    const { sub, agent } = await connected();
    const number = await platform.route(sub, undefined, 3);
    const result = await agent.text('msg-1', number, 'Hello', {
      service: 'iMessage',
      unknown: { deep: [1] },
    });
    const chatId = directChatId(sub.subaccountId, number, 3);
    expect(result).toEqual({
      type: 'send.result',
      id: 'msg-1',
      ok: true,
      messageId: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7/),
      chatId,
      status: 'queued',
    });
    expect(await platform.outbound(sub)).toEqual([
      {
        kind: 'message',
        effect: null,
        replyTo: null,
        messageId: result['messageId'],
        chatId,
        agencyId: sub.agencyId,
        subaccountId: sub.subaccountId,
        clientId: 'msg-1',
        from: '+12025550100',
        to: [number],
        claimRevision: 3,
        parts: [{ type: 'text', value: 'Hello' }],
        service: 'iMessage',
        acceptedAt: expect.stringMatching(/Z$/),
      },
    ]);
    await agent.end();
  });

  it('works by chatId as soon as the first one is answered, and the chat is known to all', async () => {
    const { sub, agent } = await connected();
    const number = await platform.route(sub);
    const { chatId } = await agent.text('1', number);
    agent.send({ type: 'send', id: '2', chatId, parts: [{ type: 'text', value: 'again' }] });
    expect(await agent.result('2')).toMatchObject({ ok: true, chatId });
    const chats = new KvBucket(platform.nats, buckets.chats.name, chatEntrySchema);
    expect((await chats.get(String(chatId)))?.value).toMatchObject({
      subaccountId: sub.subaccountId,
      participants: [number],
      carrierChatId: null,
    });
    await agent.end();
  });

  it('forgives spaces and dashes in a number', async () => {
    const { sub, agent } = await connected();
    const number = await platform.route(sub);
    expect(
      await agent.text('1', `${number.slice(0, 5)} ${number.slice(5, 8)}-${number.slice(8)}`),
    ).toMatchObject({ ok: true });
    await agent.end();
  });

  it('is looked up in the buckets before it is refused, however far behind the projections are', async () => {
    const stale = await startGateway({ natsUrl: nats.url });
    await stale.projections.stop();
    const sub = await platform.subaccount({ messageLimit: 5 });
    const agent = await TestAgent.connect(stale.socket, sub.key);
    expect(await agent.first('ready')).toMatchObject({ sending_number: '+12025550100', message_limit: 5 });
    expect(await agent.text('1', await platform.route(sub))).toMatchObject({ ok: true });
    expect(await agent.text('2', randomNumber())).toMatchObject({ errorCode: 'route_not_registered' });
    await Promise.all([agent.end(), stale.stop()]);
  });

  it('keeps the order of its chat, also where the first one has to be looked up', async () => {
    const { sub, agent } = await connected();
    const number = await platform.route(sub);
    // A block of the limit is there already: what needs no look-up could go ahead.
    const ids = ['first', ...Array.from({ length: 25 }, (_, index) => `m-${index}`)];
    await agent.text('first', number, 'first');
    for (const [index, id] of ids.slice(1).entries()) {
      agent.sendText(id, number, id, index % 7 === 0 ? { idempotencyKey: id } : {});
    }
    await Promise.all(ids.map((id) => agent.result(id)));
    expect((await platform.outbound(sub)).map(({ clientId }) => clientId)).toEqual(ids);
    await agent.end();
  });
});

describe('a refused send', () => {
  it('names the number that has no route, whoever holds it', async () => {
    const { agent } = await connected();
    const other = await platform.subaccount();
    const number = await platform.route(other);
    expect(await agent.text('1', number)).toMatchObject({
      ok: false,
      errorCode: 'route_not_registered',
      phone_numbers: [number],
      error: expect.stringContaining(number),
    });
    expect(await platform.outbound(other)).toEqual([]);
    await agent.end();
  });

  it('is one to a released number, and to the chat of an earlier claim', async () => {
    const { sub, agent } = await connected();
    const number = await platform.route(sub);
    const { chatId } = await agent.text('1', number);
    await platform.putRoute(sub, number, 0, true);
    await untilRefused(agent, number, 'route_not_registered');
    await platform.putRoute(sub, number, 2, false);
    agent.send({ type: 'send', id: '3', chatId, parts: [{ type: 'text', value: 'x' }] });
    expect(await agent.result('3')).toMatchObject({ errorCode: 'chat_not_found' });
    expect(await agent.text('4', number)).toMatchObject({ ok: true });
    await agent.end();
  });

  it('is one to another subaccount’s chat', async () => {
    const { sub, agent } = await connected();
    const { chatId } = await agent.text('1', await platform.route(sub));
    const { agent: stranger } = await connected();
    stranger.send({ type: 'send', id: '1', chatId, parts: [{ type: 'text', value: 'x' }] });
    expect(await stranger.result('1')).toMatchObject({ ok: false, errorCode: 'chat_not_found' });
    await Promise.all([agent.end(), stranger.end()]);
  });

  it('is one to a number that opted out, until it opts in again', async () => {
    const { sub, agent } = await connected();
    const number = await platform.route(sub);
    expect(await agent.text('1', number)).toMatchObject({ ok: true });
    await platform.optOut('+12025550100', number);
    await untilRefused(agent, number, 'recipient_opted_out');
    await platform.optOut('+12025550100', number, false);
    expect(await agent.text('3', number)).toMatchObject({ ok: true });
    await agent.end();
  });

  it('is one over the rate of the subaccount, and says when to come back', async () => {
    const { sub, agent } = await connected();
    const numbers = await Promise.all([1, 2].map(() => platform.route(sub)));
    for (let index = 0; index < 40; index += 1) agent.sendText(`m-${index}`, numbers[index % 2] ?? '');
    const results = await Promise.all(Array.from({ length: 40 }, (_, index) => agent.result(`m-${index}`)));
    const refused = results.filter(({ ok }) => ok === false);
    expect(refused.length).toBeGreaterThanOrEqual(8);
    expect(refused[0]).toMatchObject({ errorCode: 'rate_limited', retry_after_ms: expect.any(Number) });
    expect(await platform.outbound(sub)).toHaveLength(40 - refused.length);
    await agent.end();
  });

  it('is one over the rate of the recipient', async () => {
    const { agencyId } = await platform.agency({ limits: { sendsPerRecipientPerMinute: 2 } });
    const sub = await platform.subaccount({}, agencyId);
    const number = await platform.route(sub);
    const agent = await TestAgent.connect(gateway.socket, sub.key);
    expect(await agent.text('1', number)).toMatchObject({ ok: true });
    expect(await agent.text('2', number)).toMatchObject({ ok: true });
    expect(await agent.text('3', number)).toMatchObject({ errorCode: 'rate_limited' });
    expect(await agent.text('4', await platform.route(sub))).toMatchObject({ ok: true });
    await agent.end();
  });
});

describe('bad frames', () => {
  it.each([
    ['no JSON', '{"type":"send"', { code: 'invalid_frame' }],
    ['an array', '[]', { code: 'invalid_frame' }],
    ['null', 'null', { code: 'invalid_frame' }],
    ['no type', '{"id":"7"}', { code: 'invalid_frame', id: '7' }],
    ['an unknown type', '{"type":"dance","id":"7"}', { code: 'invalid_frame', id: '7' }],
    ['a send without an id', '{"type":"send","to":"+12125550100","parts":[]}', { code: 'invalid_frame' }],
    ['a sync that asks for nothing', '{"type":"sync"}', { code: 'invalid_frame' }],
    ['deeply nested JSON', `${'['.repeat(100_000)}${']'.repeat(100_000)}`, { code: 'invalid_frame' }],
    ['a binary frame', Buffer.from('{"type":"ping"}'), { code: 'invalid_frame' }],
  ])('%s is answered by an error frame, and the socket stays open', async (_what, frame, error) => {
    const { agent } = await connected();
    agent.send(frame);
    expect(await agent.first('error')).toMatchObject(error);
    agent.send({ type: 'ping' });
    await agent.first('pong');
    await agent.end();
  });

  it.each([
    ['no parts', { to: '+12125550100', parts: [] }],
    ['no recipient', { parts: [{ type: 'text', value: 'x' }] }],
    [
      'both a number and a chat',
      {
        to: '+12125550100',
        chatId: '7f1c1f5e-0000-4000-8000-000000000000',
        parts: [{ type: 'text', value: 'x' }],
      },
    ],
    ['no phone number', { to: 'my mother', parts: [{ type: 'text', value: 'x' }] }],
    [
      'a text over 10,000 characters',
      { to: '+12125550100', parts: [{ type: 'text', value: 'x'.repeat(10_001) }] },
    ],
    ['an unknown service', { to: '+12125550100', service: 'Pigeon', parts: [{ type: 'text', value: 'x' }] }],
  ])('a send with %s is answered by its own result', async (_what, fields) => {
    const { agent } = await connected();
    agent.send({ type: 'send', id: 'bad', ...fields });
    expect(await agent.result('bad')).toMatchObject({ ok: false, errorCode: 'invalid_frame' });
    await agent.end();
  });

  it('a frame over 256 KiB ends the socket with 1009', async () => {
    const { agent } = await connected();
    agent.send(JSON.stringify({ type: 'ping', filler: 'x'.repeat(256 * 1024) }));
    expect((await agent.untilClosed()).code).toBe(1009);
  });

  it('invalid UTF-8 ends the socket with 1007', async () => {
    const { agent } = await connected();
    agent.socket.send(Buffer.from([0x22, 0xff, 0xfe, 0x22]), { binary: false });
    expect((await agent.untilClosed()).code).toBe(1007);
  });
});

describe('sent again', () => {
  it('the same id and content is the same message', async () => {
    const { sub, agent } = await connected();
    const number = await platform.route(sub);
    const first = await agent.text('msg-1', number, 'hi');
    agent.frames.length = 0;
    expect(await agent.text('msg-1', number, 'hi')).toEqual(first);
    expect(await platform.outbound(sub)).toHaveLength(1);
    expect((await platform.usage(sub)).used).toBe(1);
    await agent.end();
  });

  it('the same id with other content is another message', async () => {
    const { sub, agent } = await connected();
    const number = await platform.route(sub);
    const first = await agent.text('msg-1', number, 'hi');
    agent.frames.length = 0;
    const second = await agent.text('msg-1', number, 'ho');
    expect(second['ok']).toBe(true);
    expect(second['messageId']).not.toBe(first['messageId']);
    await agent.end();
  });

  it('under an idempotency key the first result comes again, on the socket and over REST, whatever the id', async () => {
    const { sub, agent } = await connected();
    const number = await platform.route(sub);
    const keyed = { idempotencyKey: 'order 66 / ü' };
    const first = await agent.text('a', number, 'hi', keyed);
    expect(first['ok']).toBe(true);
    expect(await agent.text('b', number, 'hi', keyed)).toEqual({ ...first, id: 'b' });
    expect(await platform.restSend(sub, number, keyed, 'hi')).toMatchObject({
      ok: true,
      messageId: first['messageId'],
    });
    expect(await platform.restSend(sub, number, keyed, 'other')).toMatchObject({
      ok: false,
      errorCode: 'idempotency_conflict',
    });
    expect(await agent.text('c', number, 'other', keyed)).toMatchObject({
      errorCode: 'idempotency_conflict',
    });
    expect(await platform.outbound(sub)).toHaveLength(1);
    expect((await platform.usage(sub)).used).toBe(1);
    await agent.end();
  });

  it('many times at once under one idempotency key it is one message', async () => {
    const { sub, agent } = await connected();
    const number = await platform.route(sub);
    const sends = Array.from({ length: 10 }, (_, index) =>
      index % 2 === 0
        ? agent.text(`s-${index}`, number, 'hi', { idempotencyKey: 'once' })
        : platform.restSend(sub, number, { idempotencyKey: 'once' }, 'hi'),
    );
    const messageIds = (await Promise.all(sends)).map((result) =>
      'messageId' in result ? result['messageId'] : undefined,
    );
    expect(new Set(messageIds).size).toBe(1);
    expect(await platform.outbound(sub)).toHaveLength(1);
    await agent.end();
  });

  it('a refused send does not burn its idempotency key', async () => {
    const { sub, agent } = await connected();
    const number = await platform.route(await platform.subaccount());
    const keyed = { idempotencyKey: 'later' };
    expect(await agent.text('1', number, 'hi', keyed)).toMatchObject({ errorCode: 'route_not_registered' });
    await platform.putRoute(sub, number, 5, false);
    expect(await agent.text('2', number, 'hi', keyed)).toMatchObject({ ok: true });
    await agent.end();
  });

  it('at the limit, an accepted send is answered as the first time and a new one is refused', async () => {
    const { sub, agent } = await connected({ messageLimit: 2 });
    const number = await platform.route(sub);
    const first = await agent.text('1', number, 'one');
    expect(await agent.text('2', number, 'two', { idempotencyKey: 'two' })).toMatchObject({ ok: true });
    agent.frames.length = 0;
    expect(await agent.text('3', number)).toMatchObject({
      errorCode: 'message_limit_reached',
      resets_at: expect.stringMatching(/-01T00:00:00\.000Z$/),
    });
    expect(await agent.text('1', number, 'one')).toEqual(first);
    expect(await agent.text('2', number, 'two', { idempotencyKey: 'two' })).toMatchObject({ ok: true });
    await agent.end();
  });
});
