import { eventually } from '@claw/testing';
import { type Fixture, carrier, refusalOf, someLine, someNumber, text } from '../testing/carrier-fixture';

describe('a flagged line', () => {
  let fixture: Fixture;
  let line: string;
  let customer: string;
  beforeEach(async () => {
    fixture = await carrier();
    [line, customer] = [someLine(), someNumber()];
  });

  const flag = (status: string, phone_number = line) => fixture.sim.tell('/lines', { phone_number, status });
  const send = (value: string, from = line) =>
    fixture.linq.chats.create({ from, to: [customer], message: text(value, { idempotency_key: value }) });

  it('cannot send until it is cleared, and others can', async () => {
    const { linq, sim } = fixture;
    const { chat } = await send('before');
    await flag('FLAGGED');
    expect(await refusalOf(send('new'))).toMatchObject({ status: 403, code: 2005 });
    const into = linq.chats.messages.send(chat.id, { message: text('into the chat') });
    expect(await refusalOf(into)).toMatchObject({ status: 403, code: 2005 });
    expect((await send('before')).chat.message.id).toBe(chat.message.id);
    await send('of another', '+15005559998');
    await flag('ACTIVE');
    await send('after');
    expect((await sim.phone({ from: line })).map((row) => row.text)).toEqual(['before', 'after']);
  });

  it('still receives', async () => {
    await flag('FLAGGED');
    const { message_id } = await fixture.sim.inbound({ from: customer, to: line, text: 'hello?' });
    await eventually(() => expect(fixture.receiver.typesOf(message_id)).toEqual(['message.received']));
  });

  it('is told of when it is flagged and when it is cleared, once each', async () => {
    const { receiver } = fixture;
    const changes = () => receiver.dataOf('phone_number.status_updated');
    await flag('FLAGGED');
    await flag('FLAGGED');
    await eventually(() =>
      expect(changes()).toEqual([
        {
          phone_number: line,
          previous_status: 'ACTIVE',
          new_status: 'FLAGGED',
          previous_reputation: 'HEALTHY',
          new_reputation: 'CRITICAL',
          previous_health_status: 'HEALTHY',
          new_health_status: 'CRITICAL',
          changed_at: expect.any(String),
        },
      ]),
    );
    await flag('ACTIVE');
    await eventually(() => expect(changes()).toHaveLength(2));
    expect(changes()[1]).toMatchObject({ previous_status: 'FLAGGED', new_status: 'ACTIVE' });
  });

  it('shows in the list of lines', async () => {
    const outside = '+442071234567';
    await flag('FLAGGED');
    await flag('FLAGGED', outside);
    const { phone_numbers } = await fixture.linq.phoneNumbers.list();
    const critical = phone_numbers.filter(({ reputation }) => reputation.status === 'CRITICAL');
    expect(critical.map(({ phone_number }) => phone_number)).toEqual([line, outside]);
  });
});
