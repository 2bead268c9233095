import { eventually } from '@claw/testing';
import { type Fixture, carrier, refusalOf, someLine, someNumber, text } from '../testing/carrier-fixture';

describe('reactions', () => {
  let fixture: Fixture;
  let line: string;
  let customer: string;
  beforeEach(async () => {
    fixture = await carrier();
    [line, customer] = [someLine(), someNumber()];
  });

  const open = async (to = [customer]) =>
    (await fixture.linq.chats.create({ from: line, to, message: text('what do you think?') })).chat;
  const told = (...types: string[]) =>
    eventually(() => {
      const got = fixture.receiver.received.filter(({ event }) => event.event_type.startsWith('reaction.'));
      expect(got.map(({ event }) => event.event_type).sort()).toEqual([...types].sort());
    });
  const reactionsOn = async (id: string) => (await fixture.linq.messages.retrieve(id)).parts?.[0]?.reactions;

  it('of ours are told as ours, and stand on the message', async () => {
    const { linq, receiver } = fixture;
    const chat = await open();
    const { message_id } = await fixture.sim.inbound({ from: customer, to: line, text: 'I like it' });
    const answer = await linq.messages.addReaction(message_id, { operation: 'add', type: 'love' });
    expect(answer).toMatchObject({ status: 'accepted', trace_id: expect.any(String) });
    await told('reaction.added');
    expect(receiver.dataOf('reaction.added')).toEqual([
      expect.objectContaining({
        is_from_me: true,
        reaction_type: 'love',
        custom_emoji: null,
        chat_id: chat.id,
        message_id,
        part_index: 0,
        from_handle: expect.objectContaining({ handle: line, is_me: true }),
        reacted_at: expect.any(String),
        service: 'iMessage',
      }),
    ]);
    expect(await reactionsOn(message_id)).toMatchObject([
      { type: 'love', is_me: true, handle: { handle: line } },
    ]);
    await linq.messages.addReaction(message_id, { operation: 'remove', type: 'love' });
    await told('reaction.added', 'reaction.removed');
    expect(await reactionsOn(message_id)).toBeNull();
  });

  it('of customers are told as theirs, in a group too', async () => {
    const { sim, receiver } = fixture;
    const friend = '+12125550150';
    const chat = await open([customer, friend]);
    await sim.tell('/reaction', {
      from: friend,
      message_id: chat.message.id,
      type: 'custom',
      custom_emoji: '🎉',
    });
    await told('reaction.added');
    expect(receiver.dataOf('reaction.added')[0]).toMatchObject({
      is_from_me: false,
      reaction_type: 'custom',
      custom_emoji: '🎉',
      from_handle: { handle: friend, is_me: false },
    });
    await sim.tell('/reaction', { from: customer, message_id: chat.message.id, type: 'like' });
    expect(await reactionsOn(chat.message.id)).toHaveLength(2);
    const stranger = { from: '+12125550151', message_id: chat.message.id, type: 'like' };
    expect((await sim.post('/reaction', stranger)).status).toBe(400);
  });

  it('are one a person and part: another takes its place, the same again changes nothing', async () => {
    const { sim } = fixture;
    const { message } = await open();
    const react = (type: string, more: object = {}) =>
      sim.tell('/reaction', { from: customer, message_id: message.id, type, ...more });
    await react('love');
    await react('love');
    await react('laugh');
    await react('love', { remove: true });
    await told('reaction.added', 'reaction.added');
    expect(await reactionsOn(message.id)).toMatchObject([{ type: 'laugh', is_me: false }]);
  });

  it('name the part that they are on', async () => {
    const { linq, receiver } = fixture;
    const { message } = (
      await linq.chats.create({
        from: line,
        to: [customer],
        message: { parts: [...text('one').parts, { type: 'media', url: 'https://example.com/a.png' }] },
      })
    ).chat;
    await linq.messages.addReaction(message.id, { operation: 'add', type: 'question', part_index: 1 });
    await told('reaction.added');
    expect(receiver.dataOf('reaction.added')[0]).toMatchObject({ part_index: 1 });
    const { parts } = await linq.messages.retrieve(message.id);
    expect(parts?.map(({ reactions }) => reactions?.length ?? 0)).toEqual([0, 1]);
    const beyond = linq.messages.addReaction(message.id, { operation: 'add', type: 'like', part_index: 2 });
    expect(await refusalOf(beyond)).toMatchObject({ status: 400, code: 1005 });
  });

  it('are refused over SMS, on what is unknown, without their emoji, and as a sticker of ours', async () => {
    const { linq, sim } = fixture;
    const { message } = await open();
    const add = (id: string, type: 'like' | 'custom' | 'sticker') =>
      refusalOf(linq.messages.addReaction(id, { operation: 'add', type }));
    const unknown = '01a20aed-2897-75cf-a5f2-ec5f5313b57c';
    expect(await add(unknown, 'like')).toMatchObject({ status: 404, code: 2002 });
    expect(await add(message.id, 'custom')).toMatchObject({ status: 400, code: 1005 });
    expect(await add(message.id, 'sticker')).toMatchObject({ status: 400, code: 1005 });
    await sim.behave({ handle: customer, capabilities: ['SMS'] });
    const { message_id } = await sim.inbound({ from: customer, to: line, text: 'green' });
    expect(await add(message_id, 'like')).toMatchObject({ status: 400, code: 4005 });
  });
});
