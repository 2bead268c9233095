import { eventually } from '@claw/testing';
import { type Fixture, carrier, someLine, someNumber, text } from '../testing/carrier-fixture';
import type { Received } from '../testing/webhook-receiver';

const FOREVER = { withinMs: 10_000 };

describe('webhooks', () => {
  let fixture: Fixture;
  let line: string;
  let customer: string;
  beforeEach(async () => {
    fixture = await carrier();
    [line, customer] = [someLine(), someNumber()];
  });
  afterEach(() => expect(fixture.receiver.unverified).toEqual([]));

  const send = async (value = 'hi', key?: string): Promise<string> => {
    const message = text(value, key === undefined ? {} : { idempotency_key: key });
    return (await fixture.linq.chats.create({ from: line, to: [customer], message })).chat.message.id;
  };
  /** In whichever order: webhooks may overtake each other. */
  const lifeOf = (messageId: string, ...types: string[]): Promise<void> =>
    eventually(() => expect(fixture.receiver.typesOf(messageId).sort()).toEqual([...types].sort()), FOREVER);
  const orderOf = (messageId: string, ...types: string[]): Promise<void> =>
    eventually(() => expect(fixture.receiver.typesOf(messageId)).toEqual(types), FOREVER);

  it('tell the life of a message, signed so that the SDK trusts them', async () => {
    const id = await send('hi', 'key-1');
    await lifeOf(id, 'message.sent', 'message.delivered', 'message.read');
    const [[sent], [delivered], [read]] = ['message.sent', 'message.delivered', 'message.read'].map((type) =>
      fixture.receiver.of(type),
    ) as [Received[], Received[], Received[]];
    expect(sent?.event).toMatchObject({
      api_version: 'v3',
      webhook_version: '2026-02-03',
      event_id: sent?.webhookId,
      partner_id: expect.any(String),
      trace_id: expect.any(String),
      data: {
        direction: 'outbound',
        service: 'iMessage',
        idempotency_key: 'key-1',
        preferred_service: 'auto',
        sender_handle: { handle: line, is_me: true },
        chat: { is_group: false, owner_handle: { handle: line } },
        parts: [{ type: 'text', value: 'hi' }],
        delivered_at: null,
        read_at: null,
      },
    });
    expect(sent?.event.data.sent_at).toEqual(expect.any(String));
    expect(delivered?.event.data).toMatchObject({ delivered_at: expect.any(String), read_at: null });
    expect(read?.event.data.read_at).toEqual(expect.any(String));
  });

  it('tell that a chat was opened, once', async () => {
    await send();
    await send();
    await eventually(() => expect(fixture.receiver.of('message.read')).toHaveLength(2));
    expect(fixture.receiver.of('chat.created')).toHaveLength(1);
  });

  it('bring what a customer texts', async () => {
    const { message_id, chat_id } = await fixture.sim.inbound({ from: customer, to: line, text: 'hello?' });
    await lifeOf(message_id, 'message.received');
    expect(fixture.receiver.of('message.received')[0]?.event.data).toMatchObject({
      id: message_id,
      chat: { id: chat_id, owner_handle: { handle: line, is_me: true } },
      direction: 'inbound',
      sender_handle: { handle: customer, is_me: false },
      parts: [{ type: 'text', value: 'hello?' }],
      idempotency_key: null,
    });
  });

  it.each([
    [500, 3],
    [503, 3],
    [429, 3],
    ['hang up', 1],
  ] as const)('come again after %s, under the same id', async (answer, heard) => {
    await fixture.sim.inbound({ from: customer, to: line, text: 'opens the chat' });
    await eventually(() => expect(fixture.receiver.received).toHaveLength(2));
    fixture.receiver.answerNext(answer, answer);
    const { message_id } = await fixture.sim.inbound({ from: customer, to: line, text: 'hi' });
    await eventually(() => {
      const times = fixture.receiver.received.filter(({ event }) => event.data.id === message_id);
      expect(times).toHaveLength(heard);
      expect(new Set(times.map(({ webhookId }) => webhookId)).size).toBe(1);
      expect(fixture.receiver.requests).toBe(5);
    }, FOREVER);
  });

  it('are given up after ten retries', async () => {
    const { sim, linq, receiver } = await carrier({ WEBHOOK_RETRY_SCALE: '0.0001' });
    const { chat_id } = await sim.inbound({ from: customer, to: line, text: 'opens the chat' });
    await eventually(() => expect(receiver.received).toHaveLength(2));
    receiver.answerNext(...Array.from({ length: 11 }, () => 503));
    const { message_id } = await sim.inbound({ from: customer, to: line, text: 'never taken' });
    await eventually(() => expect(receiver.typesOf(message_id)).toHaveLength(11), FOREVER);
    await sim.behave({ delays: { sent_ms: 300 }, read: false });
    const { message } = await linq.chats.messages.send(chat_id, { message: text('later') });
    await eventually(() =>
      expect(receiver.typesOf(message.id)).toEqual(['message.sent', 'message.delivered']),
    );
    expect(receiver.typesOf(message_id)).toHaveLength(11);
  });

  it('are given up after another 4xx', async () => {
    const { chat_id } = await fixture.sim.inbound({ from: customer, to: line, text: 'opens the chat' });
    await eventually(() => expect(fixture.receiver.received).toHaveLength(2));
    fixture.receiver.answerNext(400);
    const refused = await fixture.sim.inbound({ from: customer, to: line, text: 'refused' });
    await lifeOf(refused.message_id, 'message.received');
    // Ten retries of the refused one would be due long before a message that takes this long.
    await fixture.sim.behave({ delays: { sent_ms: 200 } });
    const { message } = await fixture.linq.chats.messages.send(chat_id, { message: text('later') });
    await lifeOf(message.id, 'message.sent', 'message.delivered', 'message.read');
    expect(fixture.receiver.typesOf(refused.message_id)).toEqual(['message.received']);
  });

  it('are lost for good where that is asked for, while lists show what they would have told', async () => {
    const { sim, linq, receiver } = fixture;
    const { chat_id } = await sim.inbound({ from: customer, to: line, text: 'opens the chat' });
    await sim.behave({ handle: line, lose_webhooks: true });
    const lost = await sim.inbound({ from: customer, to: line, text: 'lost' });
    await sim.behave({ handle: line, lose_webhooks: false });
    const told = await sim.inbound({ from: customer, to: line, text: 'told' });
    await lifeOf(told.message_id, 'message.received');
    expect(receiver.typesOf(lost.message_id)).toEqual([]);
    const { messages } = await linq.chats.messages.list(chat_id);
    expect(messages.map(({ id }) => id)).toContain(lost.message_id);
  });

  it('come several times where duplicates are asked for, under the same id', async () => {
    await fixture.sim.behave({ handle: customer, duplicates: 2, read: false });
    const id = await send();
    await eventually(() => expect(fixture.receiver.typesOf(id)).toHaveLength(6));
    const ids = fixture.receiver.of('message.sent').map(({ webhookId }) => webhookId);
    expect(ids).toHaveLength(3);
    expect(new Set(ids).size).toBe(1);
  });

  it('come in reverse where reordering is asked for, a window at a time', async () => {
    await fixture.sim.inbound({ from: customer, to: line, text: 'opens the chat' });
    await eventually(() => expect(fixture.receiver.received).toHaveLength(2));
    await fixture.sim.behave({ handle: customer, reorder: 3 });
    await orderOf(await send(), 'message.read', 'message.delivered', 'message.sent');
  });

  it('leave a window that does not fill after a second, also in reverse', async () => {
    await fixture.sim.inbound({ from: customer, to: line, text: 'opens the chat' });
    await eventually(() => expect(fixture.receiver.received).toHaveLength(2));
    await fixture.sim.behave({ handle: customer, reorder: 50 });
    await orderOf(await send(), 'message.read', 'message.delivered', 'message.sent');
  });

  it('come in order in other chats, and again where reordering was taken back', async () => {
    const { sim } = fixture;
    await sim.behave({ delays: { delivered_ms: 250, read_ms: 250 } });
    await sim.behave({ handle: '+12125550180', reorder: 3 });
    await sim.behave({ handle: customer, reorder: 3 });
    await sim.behave({ handle: customer, reorder: null });
    await orderOf(await send(), 'message.sent', 'message.delivered', 'message.read');
  });

  it('tell why a message failed, which the phone then never shows', async () => {
    await fixture.sim.behave({ handle: customer, undeliverable: { code: 4005, reason: 'no', times: 1 } });
    const id = await send('lost');
    await eventually(() => expect(fixture.receiver.of('message.failed')).toHaveLength(1));
    expect(fixture.receiver.of('message.failed')[0]?.event.data).toMatchObject({
      code: 4005,
      reason: 'no',
      message_id: id,
      chat_id: expect.any(String),
      failed_at: expect.any(String),
    });
    await lifeOf(await send('found'), 'message.sent', 'message.delivered', 'message.read');
    expect((await fixture.sim.phone({ to: customer })).map((row) => row.text)).toEqual(['found']);
  });
});
