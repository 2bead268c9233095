import { eventually } from '@claw/testing';
import { type Fixture, carrier, refusalOf, someLine, text } from '../testing/carrier-fixture';

const [ada, bob, cyd, dan] = ['+14155550101', '+14155550102', '+14155550103', '+14155550104'] as const;

describe('groups', () => {
  let fixture: Fixture;
  let line: string;
  beforeEach(async () => {
    fixture = await carrier();
    line = someLine();
  });

  const open = async (to: string[] = [ada, bob, cyd]) =>
    (await fixture.linq.chats.create({ from: line, to, message: text('hello all') })).chat;
  const webhook = <Data = Record<string, unknown>>(type: string): Promise<Data> =>
    eventually(() => {
      const [data] = fixture.receiver.dataOf<Data>(type);
      if (data === undefined) throw new Error(`no ${type} yet`);
      return data;
    });

  it('take a message to every member, in one chat whatever the order of the members', async () => {
    const { linq, sim } = fixture;
    const chat = await open();
    expect(chat).toMatchObject({ is_group: true, display_name: `${ada}, ${bob}, ${cyd}` });
    const again = await linq.chats.create({ from: line, to: [cyd, ada, bob], message: text('once more') });
    expect(again.chat.id).toBe(chat.id);
    for (const member of [ada, bob, cyd]) {
      const got = await sim.phone({ to: member });
      expect(got.map((row) => row.text)).toEqual(['hello all', 'once more']);
    }
  });

  it('have at most 31 recipients', async () => {
    const many = Array.from({ length: 32 }, (_, index) => `+1415555${2_000 + index}`);
    expect((await open(many.slice(0, 31))).handles).toHaveLength(32);
    expect(await refusalOf(open(many))).toMatchObject({ status: 400, code: 1005 });
  });

  it('know no read receipts', async () => {
    const chat = await open();
    await eventually(async () =>
      expect((await fixture.linq.messages.retrieve(chat.message.id)).delivery_status).toBe('delivered'),
    );
    expect(fixture.receiver.of('message.read')).toEqual([]);
  });

  it('bring what any member writes, into the chat that is there', async () => {
    const { sim, receiver } = fixture;
    const chat = await open();
    const byPeople = await sim.inbound({ from: bob, to: line, group: [cyd, ada], text: 'hi from bob' });
    const byId = await sim.inbound({ from: cyd, chat_id: chat.id, text: 'hi from cyd' });
    expect([byPeople.chat_id, byId.chat_id]).toEqual([chat.id, chat.id]);
    await eventually(() => expect(receiver.of('message.received')).toHaveLength(2));
    expect(receiver.dataOf('message.received')).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          chat: expect.objectContaining({ id: chat.id, is_group: true }),
          sender_handle: expect.objectContaining({ handle: bob, is_me: false }),
        }),
      ]),
    );
    const stranger = await sim.post('/inbound', { from: dan, chat_id: chat.id, text: 'let me in' });
    expect(stranger.status).toBe(400);
  });

  it('can be opened by a customer', async () => {
    await fixture.sim.inbound({ from: ada, to: line, group: [bob], text: 'the three of us' });
    expect(await webhook('chat.created')).toMatchObject({ is_group: true });
    const [chat] = (await fixture.linq.chats.listChats({ to: bob })).chats;
    expect(chat?.handles.map(({ handle }) => handle)).toEqual([line, ada, bob]);
  });

  it('take in another member, who gets what is sent from then on', async () => {
    const { linq, sim } = fixture;
    const chat = await open();
    const answer = await linq.chats.participants.add(chat.id, { handle: dan });
    expect(answer).toMatchObject({ status: 'accepted', trace_id: expect.any(String) });
    expect(await webhook('participant.added')).toMatchObject({
      handle: dan,
      chat_id: chat.id,
      participant: { handle: dan, status: 'active', is_me: false },
      added_at: expect.any(String),
    });
    await linq.chats.messages.send(chat.id, { message: text('welcome dan') });
    expect((await sim.phone({ to: dan })).map((row) => row.text)).toEqual(['welcome dan']);
    const regrouped = await linq.chats.create({ from: line, to: [dan, cyd, bob, ada], message: text('us') });
    expect(regrouped.chat.id).toBe(chat.id);
  });

  it('lose a member, who keeps what was sent until then', async () => {
    const { linq, sim } = fixture;
    const chat = await open();
    await linq.chats.participants.remove(chat.id, { handle: bob });
    expect(await webhook('participant.removed')).toMatchObject({
      handle: bob,
      chat_id: chat.id,
      participant: { handle: bob, status: 'removed', left_at: expect.any(String) },
    });
    await linq.chats.messages.send(chat.id, { message: text('without bob') });
    expect((await sim.phone({ to: bob })).map((row) => row.text)).toEqual(['hello all']);
    expect((await linq.chats.retrieve(chat.id)).handles).toContainEqual(
      expect.objectContaining({ handle: bob, status: 'removed' }),
    );
  });

  it('are joined and left by customers', async () => {
    const { sim, linq } = fixture;
    const chat = await open();
    await sim.tell('/participants', { chat_id: chat.id, handle: dan, operation: 'add' });
    await sim.tell('/participants', { chat_id: chat.id, handle: ada, operation: 'leave' });
    expect(await webhook('participant.removed')).toMatchObject({
      handle: ada,
      participant: { status: 'left' },
    });
    await sim.tell('/participants', { chat_id: chat.id, handle: ada, operation: 'add' });
    const { handles } = await linq.chats.retrieve(chat.id);
    expect(handles.map(({ handle, status }) => [handle, status])).toEqual(
      [line, bob, cyd, dan, ada].map((handle) => [handle, 'active']),
    );
  });

  it('get a name from us and from a member, and say who changed it', async () => {
    const { linq, sim, receiver } = fixture;
    const chat = await open();
    await linq.chats.update(chat.id, { display_name: 'The team' });
    expect(await webhook('chat.group_name_updated')).toMatchObject({
      chat_id: chat.id,
      old_value: null,
      new_value: 'The team',
      changed_by_handle: { handle: line },
    });
    expect((await linq.chats.retrieve(chat.id)).display_name).toBe('The team');
    await sim.tell('/group-name', { chat_id: chat.id, from: bob, name: 'Us' });
    await eventually(() =>
      expect(receiver.dataOf('chat.group_name_updated')).toContainEqual(
        expect.objectContaining({ old_value: 'The team', new_value: 'Us' }),
      ),
    );
    expect((await open()).display_name).toBe('Us');
  });

  it('are what can be changed, direct chats cannot', async () => {
    const { chats } = fixture.linq;
    const { id } = await open([ada]);
    const direct = { status: 409, code: 1006 };
    expect(await refusalOf(chats.update(id, { display_name: 'Ada' }))).toMatchObject(direct);
    expect(await refusalOf(chats.participants.add(id, { handle: bob }))).toMatchObject(direct);
    expect(await refusalOf(chats.participants.remove(id, { handle: ada }))).toMatchObject(direct);
  });

  it('refuse who is in already, who is not in, who cannot be reached, and to be less than three', async () => {
    const { linq, sim } = fixture;
    const { participants } = linq.chats;
    const { id } = await open([ada, bob]);
    const wrong = { status: 400, code: 1005 };
    await sim.behave({ handle: dan, capabilities: ['SMS'] });
    expect(await refusalOf(participants.add(id, { handle: ada }))).toMatchObject(wrong);
    expect(await refusalOf(participants.add(id, { handle: dan }))).toMatchObject(wrong);
    expect(await refusalOf(participants.remove(id, { handle: cyd }))).toMatchObject(wrong);
    expect(await refusalOf(participants.remove(id, { handle: bob }))).toMatchObject(wrong);
    const icon = linq.chats.update(id, { display_name: 'x', group_chat_icon: 'https://example.com/i.png' });
    expect(await refusalOf(icon)).toMatchObject(wrong);
    expect(await refusalOf(linq.chats.update(id, {}))).toMatchObject({ status: 400, code: 1001 });
  });
});
