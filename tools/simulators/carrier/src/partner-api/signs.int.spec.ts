import { eventually } from '@claw/testing';
import { type Fixture, carrier, someLine, someNumber, text } from '../testing/carrier-fixture';

describe('signs of life', () => {
  let fixture: Fixture;
  let line: string;
  let customer: string;
  beforeEach(async () => {
    fixture = await carrier();
    [line, customer] = [someLine(), someNumber()];
  });

  const open = async (value = 'hi', to = [customer]) =>
    (await fixture.linq.chats.create({ from: line, to, message: text(value) })).chat;
  const status = async (id: string) => (await fixture.linq.messages.retrieve(id)).delivery_status;
  const untilDelivered = (id: string) => eventually(async () => expect(await status(id)).toBe('delivered'));
  const types = (prefix: string): string[] =>
    fixture.receiver.received
      .map(({ event }) => String(event.event_type))
      .filter((type) => type.startsWith(prefix));

  it('a customer types, and stops by sending', async () => {
    const { sim, receiver } = fixture;
    const { id } = await open();
    await sim.tell('/typing', { from: customer, to: line, state: 'started' });
    await eventually(() =>
      expect(receiver.dataOf('chat.typing_indicator.started')).toEqual([{ chat_id: id }]),
    );
    await sim.inbound({ from: customer, to: line, text: 'there' });
    await eventually(() =>
      expect(receiver.dataOf('chat.typing_indicator.stopped')).toEqual([{ chat_id: id }]),
    );
  });

  it('a customer types and thinks better of it', async () => {
    const { sim } = fixture;
    const { id } = await open();
    await sim.tell('/typing', { from: customer, chat_id: id, state: 'started' });
    await eventually(() => expect(types('chat.typing')).toHaveLength(1));
    await sim.tell('/typing', { from: customer, chat_id: id, state: 'stopped' });
    await eventually(() =>
      expect(types('chat.typing')).toEqual([
        'chat.typing_indicator.started',
        'chat.typing_indicator.stopped',
      ]),
    );
  });

  it('our own typing is no news to us', async () => {
    const { linq, sim } = fixture;
    const { id } = await open();
    await linq.chats.typing.start(id);
    const { message_id } = await sim.inbound({ from: customer, to: line, text: 'later than the typing' });
    await eventually(() => expect(fixture.receiver.typesOf(message_id)).toEqual(['message.received']));
    expect(types('chat.typing')).toEqual([]);
  });

  it('nobody types in a group, nor where there is no chat', async () => {
    const { sim } = fixture;
    const { id } = await open('hi', [customer, '+12125550160']);
    const inGroup = { from: customer, chat_id: id, state: 'started' };
    expect((await sim.post('/typing', inGroup)).status).toBe(400);
    const nowhere = { from: '+12125550161', to: line, state: 'started' };
    expect((await sim.post('/typing', nowhere)).status).toBe(404);
  });

  it('a customer who left us on delivered reads all when they look', async () => {
    const { linq, sim, receiver } = fixture;
    await sim.behave({ handle: customer, read: false });
    const first = await open('one');
    const second = await linq.chats.messages.send(first.id, { message: text('two') });
    await untilDelivered(first.message.id);
    await untilDelivered(second.message.id);
    await sim.tell('/read', { from: customer, to: line });
    for (const id of [first.message.id, second.message.id]) {
      expect(await linq.messages.retrieve(id)).toMatchObject({
        delivery_status: 'read',
        read_at: expect.any(String),
      });
      await eventually(() => expect(receiver.typesOf(id)).toContain('message.read'));
    }
    await sim.tell('/read', { from: customer, to: line });
    await sim.inbound({ from: customer, to: line, text: 'read twice, told once' });
    await eventually(() => expect(receiver.of('message.received')).toHaveLength(1));
    expect(types('message.read')).toHaveLength(2);
  });

  it('reading comes before its time where the customer looks earlier', async () => {
    const { sim, receiver } = fixture;
    await sim.behave({ handle: customer, delays: { read_ms: 3_600_000 } });
    const { message } = await open();
    await untilDelivered(message.id);
    await sim.tell('/read', { from: customer, to: line });
    await eventually(() => expect(receiver.typesOf(message.id)).toContain('message.read'));
  });

  it('nobody tells that they read over SMS or in a group', async () => {
    const { sim } = fixture;
    const group = await open('hi', [customer, '+12125550162']);
    await sim.behave({ handle: customer, capabilities: ['SMS'] });
    const direct = await open();
    for (const { id, message } of [group, direct]) {
      await untilDelivered(message.id);
      await sim.tell('/read', { from: customer, chat_id: id });
      expect(await status(message.id)).toBe('delivered');
    }
  });
});
