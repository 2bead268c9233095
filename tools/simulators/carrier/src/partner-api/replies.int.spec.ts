import { eventually } from '@claw/testing';
import { type Fixture, carrier, refusalOf, someLine, someNumber, text } from '../testing/carrier-fixture';

describe('replies and effects', () => {
  let fixture: Fixture;
  let line: string;
  let customer: string;
  beforeEach(async () => {
    fixture = await carrier();
    [line, customer] = [someLine(), someNumber()];
  });

  const webhookOf = (id: string) =>
    eventually(() => {
      const found = fixture.receiver.received.find(({ event }) => event.data.id === id);
      if (found === undefined) throw new Error('no webhook yet');
      return found.event.data;
    });

  it('are carried out, to the phone, the webhooks and the lists', async () => {
    const { linq, sim } = fixture;
    const asked = await sim.inbound({ from: customer, to: line, text: 'red or blue?' });
    const reply_to = { message_id: asked.message_id, part_index: 0 };
    const effect = { name: 'confetti', type: 'screen' as const };
    const { message } = await linq.chats.messages.send(asked.chat_id, {
      message: text('red', { reply_to, effect }),
    });
    expect(message).toMatchObject({ reply_to, effect });
    expect(await webhookOf(message.id)).toMatchObject({ reply_to, effect });
    expect(await linq.messages.retrieve(message.id)).toMatchObject({ reply_to, effect });
    const { messages } = await linq.chats.messages.list(asked.chat_id);
    expect(messages[0]).toMatchObject({ reply_to, effect });
    expect(await sim.phone({ to: customer })).toMatchObject([{ text: 'red', reply_to, effect }]);
  });

  it('are carried in', async () => {
    const { linq, sim } = fixture;
    const { chat } = await linq.chats.create({ from: line, to: [customer], message: text('red or blue?') });
    const reply_to = { message_id: chat.message.id };
    const effect = { name: 'slam', type: 'bubble' };
    const { message_id } = await sim.inbound({ from: customer, to: line, text: 'blue', reply_to, effect });
    expect(await webhookOf(message_id)).toMatchObject({ direction: 'inbound', reply_to, effect });
  });

  it('are refused where there is nothing to reply to', async () => {
    const { linq, sim } = fixture;
    const elsewhere = await sim.inbound({ from: '+12125550170', to: line, text: 'another chat' });
    const here = await sim.inbound({ from: customer, to: line, text: 'this chat' });
    const reply = (message_id: string, part_index = 0) =>
      refusalOf(
        linq.chats.messages.send(here.chat_id, {
          message: text('hm', { reply_to: { message_id, part_index } }),
        }),
      );
    const unknown = '01a20aed-2897-75cf-a5f2-ec5f5313b57c';
    for (const id of [unknown, elsewhere.message_id])
      expect(await reply(id)).toMatchObject({ status: 404, code: 2002 });
    expect(await reply(here.message_id, 1)).toMatchObject({ status: 400, code: 1005 });
    const inbound = { from: customer, to: line, text: 'hm', reply_to: { message_id: unknown } };
    expect((await sim.post('/inbound', inbound)).status).toBe(404);
    expect(await sim.phone({ to: customer })).toEqual([]);
  });
});
