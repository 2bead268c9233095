import { APIConnectionError, APIError } from '@linqapp/sdk';
import { eventually } from '@claw/testing';
import { type Fixture, carrier, someLine, someNumber, text } from '../testing/carrier-fixture';

describe('behaviour on demand', () => {
  let fixture: Fixture;
  let line: string;
  let customer: string;
  beforeEach(async () => {
    fixture = await carrier();
    [line, customer] = [someLine(), someNumber()];
  });

  const send = (value = 'hi', to = customer, timeout = 10_000) =>
    fixture.linq.chats.create(
      { from: line, to: [to], message: text(value, { idempotency_key: value }) },
      { timeout },
    );
  const statusOf = (call: Promise<unknown>): Promise<number | undefined> =>
    call.then(
      () => 201,
      (fault: unknown) => (fault instanceof APIError ? fault.status : undefined),
    );

  it('fails as often as it is told, then works again', async () => {
    const { sim } = fixture;
    await sim.behave({ fail: { status: 503, code: 3001, times: 2 } });
    expect([await statusOf(send()), await statusOf(send()), await statusOf(send())]).toEqual([503, 503, 201]);
    expect(await sim.phone({ to: customer })).toHaveLength(1);
  });

  it('fails with the wait that it is told', async () => {
    await fixture.sim.behave({ handle: customer, fail: { status: 429, code: 1007, retry_after: 7 } });
    const fault: unknown = await send().catch((error: unknown) => error);
    expect(fault).toBeInstanceOf(APIError);
    expect((fault as APIError).headers?.get('retry-after')).toBe('7');
    await fixture.sim.behave({ handle: customer, fail: null });
    expect(await statusOf(send())).toBe(201);
  });

  it('refuses lists as often as it is told, of one line, and lets sends through', async () => {
    const { sim, linq } = fixture;
    const { chat } = await send();
    const other = someLine();
    const lists = (from: string) => linq.chats.listChats({ from }).then(() => 200);
    await sim.behave({ handle: line, fail_lists: { status: 429, code: 1007, retry_after: 7, times: 2 } });
    const fault: unknown = await linq.chats.messages.list(chat.id).catch((error: unknown) => error);
    expect((fault as APIError).headers?.get('retry-after')).toBe('7');
    expect(await lists(other)).toBe(200);
    expect(await statusOf(send('b'))).toBe(201);
    expect(await statusOf(lists(line))).toBe(429);
    expect(await lists(line)).toBe(200);
  });

  it('lists nothing of a line in an outage', async () => {
    const { sim, linq } = fixture;
    await sim.behave({ handle: line, outage: true });
    expect(await statusOf(linq.chats.listChats({ from: line }))).toBe(503);
  });

  it('holds for one number and leaves the others alone', async () => {
    const other = '+12125550142';
    await fixture.sim.behave({ handle: customer, fail: { status: 400, code: 1005 } });
    expect(await statusOf(send('a', other))).toBe(201);
    expect(await statusOf(send('b'))).toBe(400);
  });

  it('lets what is said of a number win over what is said of all, field by field', async () => {
    const { sim, linq } = fixture;
    await sim.behave({ delays: { sent_ms: 3_600_000 }, read: false });
    await sim.behave({ handle: customer, delays: { sent_ms: 0 } });
    const quick = (await send('quick')).chat.message.id;
    const slow = (await send('slow', '+12125550142')).chat.message.id;
    await eventually(async () =>
      expect((await linq.messages.retrieve(quick)).delivery_status).toBe('delivered'),
    );
    expect((await linq.messages.retrieve(slow)).delivery_status).toBe('pending');
  });

  it('takes a message and never answers, and answers the repeat with the same message', async () => {
    const { sim } = fixture;
    await sim.behave({ timeout: { times: 1 } });
    const asked = performance.now();
    await expect(send('hi', customer, 300)).rejects.toThrow(APIConnectionError);
    expect(performance.now() - asked).toBeGreaterThanOrEqual(290);
    const [row] = await sim.phone({ to: customer });
    expect((await send('hi')).chat.message.id).toBe(row?.message_id);
    expect(await sim.phone({ to: customer })).toHaveLength(1);
  });

  it('answers slowly', async () => {
    await fixture.sim.behave({ delays: { answer_ms: 400 } });
    const asked = performance.now();
    await send();
    expect(performance.now() - asked).toBeGreaterThanOrEqual(390);
  });

  it('is down in an outage', async () => {
    await fixture.sim.behave({ outage: true });
    expect(await statusOf(send())).toBe(503);
    expect(await statusOf(fixture.linq.phoneNumbers.list())).toBe(503);
    await fixture.sim.behave({ outage: false });
    expect(await statusOf(send())).toBe(201);
  });

  it('sends the webhooks that it owes when it is back', async () => {
    const { sim, receiver } = fixture;
    const other = '+12125550142';
    await sim.behave({ handle: customer, outage: true });
    const owed = await sim.inbound({ from: customer, to: line, text: 'anyone?' });
    await sim.behave({ handle: other, delays: { webhook_ms: 200 } });
    const later = await sim.inbound({ from: other, to: line, text: 'me too' });
    await eventually(() => expect(receiver.typesOf(later.message_id)).toEqual(['message.received']));
    expect(receiver.typesOf(owed.message_id)).toEqual([]);
    await sim.behave({ handle: customer, outage: null });
    await eventually(() => expect(receiver.typesOf(owed.message_id)).toEqual(['message.received']));
  });

  it('can be down for one line alone', async () => {
    await fixture.sim.behave({ handle: line, outage: true });
    expect(await statusOf(send())).toBe(503);
    expect(await statusOf(fixture.linq.phoneNumbers.list())).toBe(201);
  });

  it('leaves messages unread', async () => {
    const { sim, linq } = fixture;
    await sim.behave({ handle: customer, read: false });
    const { id } = (await send()).chat.message;
    await eventually(async () =>
      expect((await linq.messages.retrieve(id)).delivery_status).toBe('delivered'),
    );
    expect(fixture.receiver.of('message.read')).toEqual([]);
  });

  it.each([
    ['an unknown field', { fial: {} }],
    ['a wrong type', { outage: 'yes' }],
    ['a handle that is no number', { handle: 'bob' }],
    ['a negative delay', { delays: { sent_ms: -1 } }],
    ['a failure without a code', { fail: { status: 503 } }],
    ['a success as failure', { fail: { status: 200, code: 1005 } }],
    ['an unknown service', { capabilities: ['pigeon'] }],
  ])('refuses %s and says what is wrong', async (_what, body) => {
    const response = await fixture.sim.post('/behaviour', body);
    expect(response.status).toBe(400);
    const { error } = (await response.json()) as { error: { code: string; issues: unknown[] } };
    expect(error.code).toBe('invalid_request');
    expect(error.issues.length).toBeGreaterThan(0);
    expect(await statusOf(send())).toBe(201);
  });
});
