import { APIConnectionError } from '@linqapp/sdk';
import { eventually } from '@claw/testing';
import {
  type Fixture,
  carrier,
  linqAt,
  refusalOf,
  someLine,
  someNumber,
  text,
} from '../testing/carrier-fixture';

describe('messages through the SDK', () => {
  let fixture: Fixture;
  let line: string;
  let customer: string;
  beforeEach(async () => {
    fixture = await carrier();
    [line, customer] = [someLine(), someNumber()];
  });

  it('opens a chat with its first message, which the phone gets', async () => {
    const { linq, sim } = fixture;
    const { chat } = await linq.chats.create({
      from: line,
      to: [customer],
      message: text('Hello', { idempotency_key: 'k1' }),
    });
    expect(chat).toMatchObject({ is_group: false, service: 'iMessage', display_name: customer });
    expect(chat.handles.map(({ handle, is_me }) => [handle, is_me])).toEqual([
      [line, true],
      [customer, false],
    ]);
    expect(chat.message).toMatchObject({
      delivery_status: 'pending',
      sent_at: null,
      parts: [{ type: 'text', value: 'Hello' }],
    });
    expect(await sim.phone({ to: customer })).toMatchObject([
      {
        message_id: chat.message.id,
        chat_id: chat.id,
        from: line,
        to: customer,
        text: 'Hello',
        idempotency_key: 'k1',
        at: chat.message.created_at,
      },
    ]);
  });

  it('puts a second create for the same pair into the same chat', async () => {
    const { linq, sim } = fixture;
    const first = await linq.chats.create({ from: line, to: [customer], message: text('one') });
    const second = await linq.chats.create({ from: line, to: [customer], message: text('two') });
    const third = await linq.chats.messages.send(first.chat.id, { message: text('three') });
    expect(second.chat.id).toBe(first.chat.id);
    expect(third.chat_id).toBe(first.chat.id);
    expect((await sim.phone({ to: customer })).map((row) => row.text)).toEqual(['one', 'two', 'three']);
  });

  it('sends a message once, however often its idempotency key comes', async () => {
    const { linq, sim } = fixture;
    const message = text('once', { idempotency_key: 'same' });
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => linq.chats.create({ from: line, to: [customer], message })),
    );
    const chatId = answers[0]?.chat.id ?? '';
    const again = await linq.chats.messages.send(chatId, { message });
    expect(new Set([...answers.map(({ chat }) => chat.message.id), again.message.id]).size).toBe(1);
    expect(await sim.phone({ to: customer })).toHaveLength(1);
  });

  it('reads a message back as it stands by now', async () => {
    const { linq } = fixture;
    const { chat } = await linq.chats.create({ from: line, to: [customer], message: text('Hello') });
    const read = await eventually(async () => {
      const message = await linq.messages.retrieve(chat.message.id);
      expect(message.delivery_status).toBe('read');
      return message;
    });
    expect(read).toMatchObject({ chat_id: chat.id, is_from_me: true, from: line, is_delivered: true });
    expect(read.read_at).toEqual(expect.any(String));
  });

  it('pages through the messages of a chat, newest first, each once', async () => {
    const { linq } = fixture;
    const { chat } = await linq.chats.create({ from: line, to: [customer], message: text('0') });
    for (const value of ['1', '2', '3', '4'])
      await linq.chats.messages.send(chat.id, { message: text(value) });
    const first = await linq.chats.messages.list(chat.id, { limit: 2 });
    expect(first.messages).toHaveLength(2);
    const texts: unknown[] = [];
    for await (const message of linq.chats.messages.list(chat.id, { limit: 2 })) {
      texts.push(message.parts?.[0]?.type === 'text' && message.parts[0].value);
    }
    expect(texts).toEqual(['4', '3', '2', '1', '0']);
  });

  it('finds chats by line and by participant, page by page', async () => {
    const { linq } = fixture;
    const others = Array.from({ length: 4 }, (_, index) => `+1212555010${index}`);
    for (const to of others) await linq.chats.create({ from: line, to: [to], message: text('hi') });
    await linq.chats.create({ from: '+15005559999', to: [customer], message: text('hi') });
    const found: string[] = [];
    for await (const chat of linq.chats.listChats({ from: line, limit: 3 }))
      found.push(chat.display_name ?? '');
    expect(found.sort()).toEqual(others);
    const [only] = (await linq.chats.listChats({ to: customer })).chats;
    expect(only).toEqual(await linq.chats.retrieve(only?.id ?? ''));
  });

  it('lists the chat first in which something happened last', async () => {
    const { linq, sim } = fixture;
    const others = ['+12125550111', '+12125550112', '+12125550113'];
    const ids: string[] = [];
    for (const to of others)
      ids.push((await linq.chats.create({ from: line, to: [to], message: text('hi') })).chat.id);
    const listed = async () => (await linq.chats.listChats({ from: line })).chats.map(({ id }) => id);
    expect(await listed()).toEqual([ids[2], ids[1], ids[0]]);
    await sim.inbound({ from: others[0] ?? '', to: line, text: 'me first' });
    expect(await listed()).toEqual([ids[0], ids[2], ids[1]]);
  });

  it('lets a client whose send was not answered find whether it was sent', async () => {
    const { linq, sim } = fixture;
    await sim.behave({ timeout: { times: 1 } });
    const message = text('did it go out?', { idempotency_key: 'unsure' });
    const send = linq.chats.create({ from: line, to: [customer], message }, { timeout: 300 });
    await expect(send).rejects.toThrow(APIConnectionError);
    const [chat] = (await linq.chats.listChats({ from: line, to: customer })).chats;
    const { messages } = await linq.chats.messages.list(chat?.id ?? '');
    expect(messages).toMatchObject([
      {
        is_from_me: true,
        from: line,
        parts: [{ type: 'text', value: 'did it go out?' }],
        service: 'iMessage',
      },
    ]);
    const again = await linq.chats.create({ from: line, to: [customer], message });
    expect(again.chat.message.id).toBe(messages[0]?.id);
  });

  it('falls back to what the phone can do, and never from iMessage', async () => {
    const { linq, sim } = fixture;
    await sim.behave({ handle: customer, capabilities: ['SMS'] });
    const plain = await linq.chats.create({ from: line, to: [customer], message: text('any') });
    expect(plain.chat.message.service).toBe('SMS');
    const { message } = await linq.chats.messages.send(plain.chat.id, {
      message: text('blue or nothing', { preferred_service: 'iMessage' }),
    });
    await eventually(async () =>
      expect((await linq.messages.retrieve(message.id)).delivery_status).toBe('failed'),
    );
    expect((await sim.phone({ to: customer })).map((row) => row.text)).toEqual(['any']);
    await eventually(() =>
      expect(fixture.receiver.dataOf('message.failed')).toEqual([
        expect.objectContaining({ message_id: message.id, code: 4005, reason: expect.any(String) }),
      ]),
    );
    expect(await linq.capability.checkIMessage({ address: customer })).toEqual({
      address: customer,
      available: false,
    });
    expect((await linq.capability.checkRCS({ address: someNumber() })).available).toBe(true);
  });

  it('marks what the customer wrote as read', async () => {
    const { linq, sim } = fixture;
    const { chat_id, message_id } = await sim.inbound({ from: customer, to: line, text: 'hi' });
    expect((await linq.messages.retrieve(message_id)).delivery_status).toBe('received');
    await linq.chats.markAsRead(chat_id);
    expect(await linq.messages.retrieve(message_id)).toMatchObject({
      delivery_status: 'read',
      is_from_me: false,
    });
  });

  it('shows typing dots in a direct chat, and refuses them in a group', async () => {
    const { linq } = fixture;
    const direct = await linq.chats.create({ from: line, to: [customer], message: text('hi') });
    await linq.chats.typing.start(direct.chat.id);
    await linq.chats.typing.stop(direct.chat.id);
    const group = await linq.chats.create({
      from: line,
      to: [customer, '+12125550199'],
      message: text('hi'),
    });
    expect(group.chat.is_group).toBe(true);
    expect(await refusalOf(linq.chats.typing.start(group.chat.id))).toMatchObject({
      status: 403,
      code: 2005,
    });
  });

  it('lists the lines of the pool', async () => {
    const { phone_numbers } = await fixture.linq.phoneNumbers.list();
    expect(phone_numbers).toHaveLength(1_000);
    expect(phone_numbers[0]).toMatchObject({
      phone_number: '+15005550000',
      reputation: { status: 'HEALTHY' },
    });
    expect(phone_numbers.at(-1)?.phone_number).toBe('+15005550999');
  });

  it('refuses a link in the very first message, and takes it in the next', async () => {
    const { linq } = fixture;
    const withLink = text('see https://example.com/a');
    const create = linq.chats.create({ from: line, to: [customer], message: withLink });
    expect(await refusalOf(create)).toMatchObject({ status: 400, code: 1005 });
    const { chat } = await linq.chats.create({ from: line, to: [customer], message: text('hi') });
    await linq.chats.messages.send(chat.id, { message: withLink });
    const link = { parts: [{ type: 'link' as const, value: 'https://example.com/b' }] };
    expect((await linq.chats.messages.send(chat.id, { message: link })).message.parts[0]?.type).toBe('link');
  });

  it('takes 30 messages a minute from one line to one recipient, and says when the next may come', async () => {
    const { linq } = fixture;
    const { chat } = await linq.chats.create({ from: line, to: [customer], message: text('1') });
    for (let sent = 1; sent < 30; sent += 1) {
      await linq.chats.messages.send(chat.id, { message: text(`${sent}`, { idempotency_key: `k${sent}` }) });
    }
    const call = linq.chats.messages.send(chat.id, { message: text('one too many') });
    const { status, code, error } = await refusalOf(call);
    expect({ status, code }).toEqual({ status: 429, code: 1007 });
    expect(error).toMatchObject({ success: false, error: { retry_after: expect.any(Number) } });
    // What was accepted before is answered again, and others aren't held up.
    await linq.chats.messages.send(chat.id, { message: text('7', { idempotency_key: 'k7' }) });
    await linq.chats.create({ from: someLine(), to: ['+12125550123'], message: text('hi') });
  });

  it('lifts the rate limit where limits are relaxed', async () => {
    const { linq } = await carrier({ LIMITS: 'relaxed' });
    const { chat } = await linq.chats.create({ from: line, to: [customer], message: text('1') });
    await Promise.all(
      Array.from({ length: 40 }, () => linq.chats.messages.send(chat.id, { message: text('more') })),
    );
  });

  it('answers a wrong key, an unknown chat and an unknown message as Linq does', async () => {
    const { linq, carrier: running } = fixture;
    expect(await refusalOf(linqAt(running.url, 'wrong').phoneNumbers.list())).toMatchObject({
      status: 401,
      code: 2004,
      error: { success: false, error: { status: 401 }, trace_id: expect.any(String) },
    });
    const unknown = '01a20aed-2897-75cf-a5f2-ec5f5313b57c';
    const send = linq.chats.messages.send(unknown, { message: text('hi') });
    expect(await refusalOf(send)).toMatchObject({ status: 404, code: 2001 });
    expect(await refusalOf(linq.messages.retrieve(unknown))).toMatchObject({ status: 404, code: 2002 });
  });

  it.each([
    ['nothing at all', {}, 1001],
    ['no message', { from: '+15005550001', to: ['+14155550100'] }, 1001],
    ['a number that is not E.164', { from: '5005550001', to: ['+14155550100'], message: text('a') }, 1002],
    ['a list', [], 1003],
    ['two texts in a row', { message: { parts: [text('a').parts[0], text('b').parts[0]] } }, 1004],
    ['no parts', { message: { parts: [] } }, 1004],
    ['too long a text', { message: text('x'.repeat(10_001)) }, 1004],
    ['an unknown kind of part', { message: { parts: [{ type: 'hologram' }] } }, 1004],
    ['an unknown service', { message: { ...text('a'), preferred_service: 'pigeon' } }, 1005],
    ['no recipients', { to: [], message: text('a') }, 1005],
  ])('refuses a body with %s', async (_what, body, code) => {
    const sound = { from: '+15005550001', to: ['+14155550100'] };
    const whole = 'message' in body && !('from' in body) ? { ...sound, ...body } : body;
    expect(await refusalOf(fixture.linq.post('/v3/chats', { body: whole }))).toMatchObject({
      status: 400,
      code,
    });
  });

  it('refuses what is no JSON, and what it has no endpoint for', async () => {
    const { carrier: running, env, linq } = fixture;
    const response = await fetch(`${running.url}/v3/chats`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${env['LINQ_API_V3_API_KEY']}` },
      body: '{"from":',
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ success: false, error: { code: 1003 } });
    expect(await refusalOf(linq.get('/v3/carrier-pigeons'))).toMatchObject({ status: 404 });
  });
});
