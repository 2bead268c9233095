import type { Thread } from '../views/thread.view';
import { eventually } from '@claw/testing';
import { type Fixture, carrier, someLine, someNumber, text } from '../testing/carrier-fixture';

describe('the control API', () => {
  let fixture: Fixture;
  let line: string;
  let customer: string;
  beforeEach(async () => {
    fixture = await carrier();
    [line, customer] = [someLine(), someNumber()];
  });

  it('has a customer text in, into the chat that is there already', async () => {
    const { linq, sim } = fixture;
    const { chat } = await linq.chats.create({ from: line, to: [customer], message: text('hi') });
    const inbound = await sim.inbound({ from: customer, to: line, text: 'hello' });
    expect(inbound).toEqual({ message_id: expect.any(String), chat_id: chat.id, at: expect.any(String) });
    const { messages } = await linq.chats.messages.list(chat.id);
    expect(messages.map(({ is_from_me }) => is_from_me)).toEqual([false, true]);
  });

  it('lets any number be a line', async () => {
    const anyNumber = '+442071234567';
    const { message_id } = await fixture.sim.inbound({ from: customer, to: anyNumber, text: 'hello' });
    await eventually(() => expect(fixture.receiver.typesOf(message_id)).toEqual(['message.received']));
  });

  it('dates a text back, in the webhook as in the list', async () => {
    const { linq, sim, receiver } = fixture;
    const sent_at = '2024-02-29T23:59:59.000Z';
    const late = await sim.inbound({ from: customer, to: line, text: 'late', sent_at });
    expect(late.at).toBe(sent_at);
    await eventually(() => expect(receiver.of('message.received')).toHaveLength(1));
    expect(receiver.of('message.received')[0]?.event.data.sent_at).toBe(sent_at);
    expect(await linq.messages.retrieve(late.message_id)).toMatchObject({ created_at: sent_at, sent_at });
  });

  it('tells what each phone got, by phone and by line', async () => {
    const { linq, sim } = fixture;
    const other = '+12125550177';
    await linq.chats.create({ from: line, to: [customer], message: text('to one') });
    await linq.chats.create({ from: line, to: [other], message: text('to the other') });
    await sim.inbound({ from: customer, to: line, text: 'not a phone that got it' });
    const texts = async (query: object) => (await sim.phone(query)).map((row) => row.text);
    expect(await texts({ to: customer })).toEqual(['to one']);
    expect(await texts({ from: line })).toEqual(['to one', 'to the other']);
    expect(await texts({})).toEqual(['to one', 'to the other']);
    expect(await texts({ from: line, to: other })).toEqual(['to the other']);
  });

  it('knows which phones there are', async () => {
    const { linq, sim } = fixture;
    const friend = '+12125550188';
    await linq.chats.create({ from: line, to: [customer], message: text('hi') });
    await linq.chats.create({ from: line, to: [customer, friend], message: text('hi both') });
    await sim.behave({ handle: friend, read: false, capabilities: ['RCS'] });
    expect(await sim.see('/phones')).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ phone_number: customer, threads: 2, lines: [line], read: true }),
        expect.objectContaining({ phone_number: friend, threads: 1, read: false, capabilities: ['RCS'] }),
      ]),
    );
  });

  it('shows the threads of a phone as its owner sees them', async () => {
    const { linq, sim } = fixture;
    const { chat } = await linq.chats.create({ from: line, to: [customer], message: text('hi') });
    const asked = await sim.inbound({ from: customer, to: line, text: 'who is this?' });
    const reply_to = { message_id: asked.message_id };
    await linq.chats.messages.send(chat.id, { message: text('us', { reply_to }) });
    await linq.messages.addReaction(asked.message_id, { operation: 'add', type: 'question' });
    await linq.chats.typing.start(chat.id);
    await sim.behave({ undeliverable: { times: 1 } });
    await linq.chats.messages.send(chat.id, { message: text('never arrives') });
    await linq.chats.typing.start(chat.id);
    expect(await sim.see(`/threads?${new URLSearchParams({ phone: customer })}`)).toEqual([
      expect.objectContaining({
        chat_id: chat.id,
        line,
        is_group: false,
        is_member: true,
        members: [customer],
        service: 'iMessage',
        typing: [line],
        messages: [
          expect.objectContaining({ from: line, parts: [{ type: 'text', value: 'hi' }] }),
          expect.objectContaining({
            message_id: asked.message_id,
            from: customer,
            status: 'received',
            reactions: [expect.objectContaining({ handle: line, type: 'question' })],
          }),
          expect.objectContaining({ from: line, reply_to }),
        ],
      }),
    ]);
  });

  it('shows who left a group what came while they were in it', async () => {
    const { linq, sim } = fixture;
    const [friend, other] = ['+12125550189', '+12125550190'];
    const to = [customer, friend, other];
    const { chat } = await linq.chats.create({ from: line, to, message: text('all of you') });
    await sim.tell('/participants', { chat_id: chat.id, handle: customer, operation: 'leave' });
    await linq.chats.messages.send(chat.id, { message: text('without you') });
    await sim.inbound({ from: friend, chat_id: chat.id, text: 'they are gone' });
    const seen = (phone: string) =>
      sim
        .see<Thread>(`/threads?${new URLSearchParams({ phone })}`)
        .then(([thread]) => [thread?.is_member, thread?.messages.length]);
    expect(await seen(customer)).toEqual([false, 1]);
    expect(await seen(other)).toEqual([true, 3]);
  });

  it('streams what happens', async () => {
    const { carrier: running, linq, sim } = fixture;
    const { chat } = await linq.chats.create({ from: line, to: [customer], message: text('hi') });
    const response = await fetch(`${running.url}/sim/events`, { signal: AbortSignal.timeout(10_000) });
    const reader = (response.body ?? new ReadableStream<Uint8Array>())
      .pipeThrough(new TextDecoderStream())
      .getReader();
    let seen = (await reader.read()).value ?? '';
    await linq.chats.typing.start(chat.id);
    await sim.inbound({ from: customer, to: line, text: 'typed' });
    await linq.chats.messages.send(chat.id, { message: text('ends the typing') });
    while (!seen.includes('"state":"stopped"')) seen += (await reader.read()).value ?? '';
    await reader.cancel();
    const kinds = [...seen.matchAll(/^event: (.*)$/gm)].map(([, kind]) => kind);
    expect(kinds.filter((kind) => kind === 'typing')).toHaveLength(2);
    expect(kinds).toEqual(expect.arrayContaining(['message.received', 'message.accepted']));
  });

  it('forgets everything on a reset', async () => {
    const { linq, sim, receiver } = fixture;
    await sim.behave({ delays: { webhook_ms: 300, sent_ms: 0 }, handle: customer });
    const { chat } = await linq.chats.create({ from: line, to: [customer], message: text('hi') });
    expect((await sim.post('/reset', {})).status).toBe(200);
    expect(await sim.phone({ to: customer })).toEqual([]);
    expect((await linq.chats.listChats()).chats).toEqual([]);
    const { chat: next } = await linq.chats.create({ from: line, to: [customer], message: text('hi') });
    expect(next.id).not.toBe(chat.id);
    await eventually(() => expect(receiver.typesOf(next.message.id)).toHaveLength(3));
    expect(receiver.typesOf(chat.message.id)).toEqual([]);
  });

  it.each([
    ['no text', { from: '+14155550100', to: '+15005550001' }],
    ['an empty text', { from: '+14155550100', to: '+15005550001', text: '' }],
    ['a number that is not E.164', { from: '4155550100', to: '+15005550001', text: 'a' }],
    ['a line that texts itself', { from: '+15005550001', to: '+15005550001', text: 'a' }],
    ['a time that is none', { from: '+14155550100', to: '+15005550001', text: 'a', sent_at: 'soon' }],
    ['no object', 'text'],
  ])('refuses an inbound with %s', async (_what, body) => {
    const response = await fixture.sim.post('/inbound', body);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { code: 'invalid_request' } });
  });

  it('is alive, and ready', async () => {
    for (const path of ['/health/live', '/health/ready']) {
      expect((await fetch(`${fixture.carrier.url}${path}`)).status).toBe(200);
    }
  });
});
