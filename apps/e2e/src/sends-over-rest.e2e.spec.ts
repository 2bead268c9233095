import { randomUUID } from 'node:crypto';
import type { Problem } from '@claw/contracts';
import { eventually } from '@claw/testing';
import type { RunFile } from './support/claw';
import { Phones, randomPhone } from './support/phones';
import { sharedPlatform } from './support/shared-platform';
import { newAgency, newRoute, newSubaccount, type TestSubaccount } from './support/tenants';

const parts = [{ type: 'text', value: 'Hello' }];

describe('sending over HTTP', () => {
  let run: RunFile;
  let phones: Phones;
  beforeAll(async () => {
    run = await sharedPlatform().run();
    phones = new Phones(run.carrier);
  });

  const newTenant = async (body: Record<string, unknown> = {}) => {
    const agency = await newAgency(run);
    const subaccount = await newSubaccount(run, agency, body);
    return { agency, subaccount, phone: await newRoute(subaccount) };
  };

  const send = (subaccount: TestSubaccount, body: unknown, headers: Record<string, string> = {}) =>
    subaccount.rest.call<Problem & Record<string, unknown>>('POST', '/api/messages', { body, headers });

  it('answers as on the socket, with an id of its own where none was given', async () => {
    const { subaccount, phone } = await newTenant();
    const named = await send(subaccount, { id: 'msg-1', to: phone, parts });
    expect(named).toMatchObject({
      status: 202,
      body: { type: 'send.result', id: 'msg-1', ok: true, status: 'queued' },
    });
    const unnamed = await send(subaccount, { to: phone, parts: [{ type: 'text', value: 'Hi' }] });
    expect(unnamed).toMatchObject({ status: 202, body: { id: expect.any(String) as unknown, ok: true } });
    await eventually(async () =>
      expect((await phones.inbox(phone)).map(({ text }) => text).sort()).toEqual(['Hello', 'Hi']),
    );
  });

  it('sends into the chat that it names', async () => {
    const { subaccount, phone } = await newTenant();
    const { chatId } = (await send(subaccount, { to: phone, parts })).body;
    const again = await send(subaccount, { chatId, parts: [{ type: 'text', value: 'Still there?' }] });
    expect(again).toMatchObject({ status: 202, body: { chatId } });
    await eventually(async () => expect(await phones.inbox(phone)).toHaveLength(2));
  });

  it('opens a group, and finds it again by its people in any order', async () => {
    const { subaccount, phone } = await newTenant();
    const people = [phone, await newRoute(subaccount)];
    const first = await send(subaccount, { to: people, parts });
    expect(first.status).toBe(202);
    const again = await send(subaccount, { id: 'again', to: people.toReversed(), parts });
    expect(again).toMatchObject({ status: 202, body: { chatId: first.body['chatId'] } });
  });

  it('takes media, an effect and a threaded reply', async () => {
    const { subaccount, phone } = await newTenant();
    const first = await send(subaccount, { to: phone, parts });
    const { status } = await send(subaccount, {
      to: phone,
      parts: [{ type: 'media', url: 'https://media.example/cat.jpg', mimeType: 'image/jpeg' }, ...parts],
      replyTo: { messageId: first.body['messageId'], fallback: 'plain' },
      effect: 'confetti',
      service: 'iMessage',
    });
    expect(status).toBe(202);
  });

  it.each([
    ['403 route_not_registered', () => ({ id: 'msg-1', to: randomPhone(), parts })],
    ['404 chat_not_found', () => ({ id: 'msg-1', chatId: randomUUID(), parts })],
    ['422 invalid_request', () => ({ id: 'msg-1', to: '+1', parts })],
    ['422 invalid_request', () => ({ id: 'msg-1', to: randomPhone(), parts: [] })],
    ['422 invalid_request', () => ({ id: 'msg-1', parts })],
  ])('says of a refused send which it was, as on the socket: %s', async (outcome, body) => {
    const { subaccount } = await newTenant();
    const { status, headers, body: problem } = await send(subaccount, body());
    expect(`${status} ${problem.error}`).toBe(outcome);
    expect(problem).toMatchObject({ ok: false, id: 'msg-1' });
    expect(headers.get('content-type')).toContain('application/problem+json');
    if (status === 422)
      expect(problem.errors).toEqual([expect.objectContaining({ field: expect.any(String) })]);
  });

  it('names the numbers that are not registered', async () => {
    const { subaccount, phone } = await newTenant();
    const stranger = randomPhone();
    expect((await send(subaccount, { to: stranger, parts })).body.phone_numbers).toEqual([stranger]);
    const group = await send(subaccount, { to: [stranger, phone], parts });
    expect(group.body).toMatchObject({ error: 'route_not_registered', phone_numbers: [stranger] });
  });

  it('refuses a recipient who has opted out', async () => {
    const { agency, subaccount, phone } = await newTenant();
    await phones.text(phone, agency.sendingNumber, 'STOP');
    await eventually(async () => {
      const { status, body } = await send(subaccount, { id: randomUUID(), to: phone, parts });
      expect({ status, body }).toMatchObject({
        status: 403,
        body: { error: 'recipient_opted_out', ok: false },
      });
    });
  });

  it('says when the message limit starts anew, and in seconds how long that is', async () => {
    const { subaccount, phone } = await newTenant({ message_limit: 1 });
    await send(subaccount, { to: phone, parts });
    const { status, headers, body } = await send(subaccount, { id: 'one-more', to: phone, parts });
    expect(status).toBe(429);
    expect(body).toMatchObject({ error: 'message_limit_reached', ok: false, id: 'one-more' });
    const untilReset = (Date.parse(body.resets_at ?? '') - Date.now()) / 1_000;
    expect(Math.abs(Number(headers.get('retry-after')) - untilReset)).toBeLessThan(30);
  });

  it('takes the same Idempotency-Key and content as one send, and refuses it for another', async () => {
    const { subaccount, phone } = await newTenant();
    const headers = { 'idempotency-key': randomUUID() };
    const first = await send(subaccount, { to: phone, parts }, headers);
    const again = await send(subaccount, { to: phone, parts }, headers);
    expect(again.body).toEqual(first.body);
    const other = [{ type: 'text', value: 'Something else' }];
    const conflict = await send(subaccount, { id: 'other', to: phone, parts: other }, headers);
    expect(conflict).toMatchObject({
      status: 409,
      body: { error: 'idempotency_conflict', ok: false, id: 'other' },
    });
  });

  it('has a suspended subaccount’s send refused with its id', async () => {
    const { agency, subaccount, phone } = await newTenant();
    await agency.rest.ok('POST', `/api/agency/subaccounts/${subaccount.id}/suspend`);
    expect(await send(subaccount, { id: 'msg-1', to: phone, parts })).toMatchObject({
      status: 403,
      body: { error: 'subaccount_suspended', ok: false, id: 'msg-1' },
    });
  });

  describe('a text to one number', () => {
    const text = (subaccount: TestSubaccount, body: Record<string, unknown>) =>
      subaccount.rest.call<Problem>('POST', '/api/agent/send-message', { body });

    it('claims its route first where asked', async () => {
      const { subaccount } = await newTenant();
      const phone_number = randomPhone();
      expect(await text(subaccount, { phone_number, text: 'Hello' })).toMatchObject({
        status: 403,
        body: { error: 'route_not_registered', ok: false, phone_numbers: [phone_number] },
      });
      const claimed = await text(subaccount, { phone_number, text: 'Hello', claim_route: true });
      expect(claimed).toMatchObject({ status: 202, body: { type: 'send.result', ok: true } });
      await eventually(async () =>
        expect(await phones.inbox(phone_number)).toMatchObject([{ text: 'Hello' }]),
      );
    });

    it('claims nothing where its Idempotency-Key is too long', async () => {
      const { subaccount } = await newTenant();
      const body = { phone_number: randomPhone(), text: 'Hello', claim_route: true };
      const headers = { 'idempotency-key': 'x'.repeat(256) };
      const { status } = await subaccount.rest.call('POST', '/api/agent/send-message', { body, headers });
      expect(status).toBe(422);
      expect(await subaccount.rest.ok('GET', '/api/me')).toMatchObject({ routes: 1 });
    });

    it('is not sent where the route is another’s', async () => {
      const [{ phone }, { subaccount }] = [await newTenant(), await newTenant()];
      expect(await text(subaccount, { phone_number: phone, text: 'Hello', claim_route: true })).toMatchObject(
        {
          status: 409,
          body: { error: 'phone_already_registered', ok: false, id: expect.any(String) as unknown },
        },
      );
      expect(await phones.inbox(phone)).toEqual([]);
    });
  });
});
