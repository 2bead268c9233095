import { eventually } from '@claw/testing';
import { Agent } from './support/agent';
import type { RunFile } from './support/claw';
import { Phones, randomPhone } from './support/phones';
import { sharedPlatform } from './support/shared-platform';
import { newAgency, newRoute, newSubaccount } from './support/tenants';

describe('messages', () => {
  let run: RunFile;
  let phones: Phones;
  beforeAll(async () => {
    run = await sharedPlatform().run();
    phones = new Phones(run.carrier);
  });

  const newAgent = async (body: Record<string, unknown> = {}) => {
    const agency = await newAgency(run);
    const subaccount = await newSubaccount(run, agency, body);
    const phone = await newRoute(subaccount);
    const agent = await Agent.connect(run.socket, subaccount.key);
    return { agency, subaccount, phone, agent };
  };

  it('carries a text from the agent to the phone once, and tells how far it has come', async () => {
    const { agency, phone, agent } = await newAgent();
    const result = await agent.text('msg-1', phone, 'Hello from your agent');
    expect(result).toMatchObject({ ok: true, status: 'queued' });
    // A report of reading that overtakes one of delivery leaves nothing to say of that.
    const arrived = await agent.first('status', (frame) => frame['status'] !== 'sent');
    expect(arrived['status']).toMatch(/^(delivered|read)$/);
    expect(arrived).toMatchObject({ id: 'msg-1', messageId: result['messageId'] });
    expect(await phones.inbox(phone)).toMatchObject([
      { from: agency.sendingNumber, text: 'Hello from your agent', idempotency_key: result['messageId'] },
    ]);
    await agent.close();
  });

  it('carries a text from the phone to the agent', async () => {
    const { agency, phone, agent } = await newAgent();
    await phones.text(phone, agency.sendingNumber, 'Hi there');
    expect(await agent.first('message')).toMatchObject({ from: phone, text: 'Hi there', isGroup: false });
    await agent.close();
  });

  it('answers in one chat: the chatId of what came in and of what goes out is the same', async () => {
    const { agency, phone, agent } = await newAgent();
    await phones.text(phone, agency.sendingNumber, 'Question');
    const question = await agent.first('message');
    agent.send({
      type: 'send',
      id: 'a',
      chatId: question['chatId'],
      parts: [{ type: 'text', value: 'Answer' }],
    });
    expect(await agent.first('send.result')).toMatchObject({ ok: true, chatId: question['chatId'] });
    await eventually(async () => expect(await phones.inbox(phone)).toMatchObject([{ text: 'Answer' }]));
    await agent.close();
  });

  it('takes the same send again within two minutes as a retry, and other content under the same id as new', async () => {
    const { phone, agent } = await newAgent();
    const first = await agent.text('msg-1', phone, 'once');
    agent.frames.length = 0;
    expect((await agent.text('msg-1', phone, 'once'))['messageId']).toBe(first['messageId']);
    agent.frames.length = 0;
    expect((await agent.text('msg-1', phone, 'other'))['messageId']).not.toBe(first['messageId']);
    await eventually(async () =>
      expect((await phones.inbox(phone)).map(({ text }) => text)).toEqual(['once', 'other']),
    );
    await agent.close();
  });

  it('keeps one idempotency window for socket and REST', async () => {
    const { subaccount, phone, agent } = await newAgent();
    const parts = [{ type: 'text', value: 'once' }];
    agent.send({ type: 'send', id: 'a', to: phone, parts, idempotencyKey: 'order-7' });
    const first = await agent.first('send.result');
    const headers = { 'idempotency-key': 'order-7' };
    const again = await subaccount.rest.call('POST', '/api/messages', {
      body: { to: phone, parts },
      headers,
    });
    expect(again.status).toBe(202);
    expect(again.body['messageId']).toBe(first['messageId']);
    const other = [{ type: 'text', value: 'other' }];
    expect(
      await subaccount.rest.refusal('POST', '/api/messages', { body: { to: phone, parts: other }, headers }),
    ).toBe('409 idempotency_conflict');
    await agent.close();
  });

  it('counts to the limit and not one further, over socket and REST', async () => {
    const { subaccount, phone, agent } = await newAgent({ message_limit: 3 });
    expect(await agent.text('1', phone, 'one')).toMatchObject({ ok: true });
    const parts = [{ type: 'text', value: 'two' }];
    await subaccount.rest.ok('POST', '/api/messages', { to: phone, parts });
    expect(await agent.text('3', phone, 'three')).toMatchObject({ ok: true });
    expect(await agent.text('4', phone, 'four')).toMatchObject({
      ok: false,
      errorCode: 'message_limit_reached',
      resets_at: expect.stringMatching(/^\d{4}-\d{2}-01T00:00:00/),
    });
    const refused = await subaccount.rest.post('/api/messages', {
      to: phone,
      parts: [{ type: 'text', value: 'five' }],
    });
    expect(refused.status).toBe(429);
    expect(refused.body).toMatchObject({
      error: 'message_limit_reached',
      ok: false,
      resets_at: expect.any(String),
    });
    expect(await subaccount.rest.ok('GET', '/api/me')).toMatchObject({ used: 3, message_limit: 3 });
    await agent.close();
  });

  it('refuses a number that is not registered, and sends it once it is', async () => {
    const { subaccount, agent } = await newAgent();
    const stranger = randomPhone();
    expect(await agent.text('1', stranger, 'hello')).toMatchObject({
      ok: false,
      errorCode: 'route_not_registered',
      phone_numbers: [stranger],
    });
    await newRoute(subaccount, stranger);
    expect(await agent.text('2', stranger, 'hello')).toMatchObject({ ok: true });
    await agent.close();
  });

  it('claims and sends in one call for existing callers', async () => {
    const { subaccount, agent } = await newAgent();
    const phone = randomPhone();
    const wish = { phone_number: phone, text: 'hello' };
    expect(await subaccount.rest.refusal('POST', '/api/agent/send-message', { body: wish })).toBe(
      '403 route_not_registered',
    );
    await subaccount.rest.ok('POST', '/api/agent/send-message', { ...wish, claim_route: true });
    await eventually(async () => expect(await phones.inbox(phone)).toMatchObject([{ text: 'hello' }]));
    await agent.close();
  });

  it('replays what an agent missed, in order and once', async () => {
    const { agency, subaccount, phone, agent } = await newAgent();
    const ready = await agent.first('ready');
    await agent.close();
    for (const text of ['one', 'two', 'three']) await phones.text(phone, agency.sendingNumber, text);

    const back = await eventually(async () => {
      const connected = await Agent.connect(run.socket, subaccount.key);
      const { seq } = await connected.first('ready');
      if (Number(seq) > Number(ready['seq'])) return connected;
      await connected.close();
      throw new Error('nothing has come yet');
    });
    back.send({ type: 'sync', after_seq: ready['seq'], epoch: ready['epoch'] });
    await back.first('sync.done');
    // What came before the sync is replayed, what comes after it is live; nothing comes twice.
    await back.first('message', ({ text }) => text === 'three');
    const messages = back.frames.filter(({ type }) => type === 'message');
    const seqs = messages.map(({ seq }) => Number(seq));
    expect(messages.map(({ text }) => text).sort()).toEqual(['one', 'three', 'two']);
    expect(new Set(seqs).size).toBe(3);
    const replayed = messages.filter(({ replay }) => replay === true).map(({ seq }) => Number(seq));
    expect(replayed.length).toBeGreaterThan(0);
    expect(replayed).toEqual([...replayed].sort((a, b) => a - b));
    await back.close();
  });

  it('keeps one live socket: a newer one closes the older with 1008', async () => {
    const { subaccount, agent } = await newAgent();
    const newer = await Agent.connect(run.socket, subaccount.key);
    expect((await agent.untilClosed()).code).toBe(1008);
    await newer.close();
  });

  it('delivers what a suspended subaccount was sent once it is back', async () => {
    const { agency, subaccount, phone, agent } = await newAgent();
    const ready = await agent.first('ready');
    await agency.rest.ok('POST', `/api/agency/subaccounts/${subaccount.id}/suspend`);
    await agent.untilClosed();
    await phones.text(phone, agency.sendingNumber, 'still there?');
    await agency.rest.ok('POST', `/api/agency/subaccounts/${subaccount.id}/reactivate`);
    const back = await Agent.connect(run.socket, subaccount.key);
    back.send({ type: 'sync', after_seq: ready['seq'], epoch: ready['epoch'] });
    expect(await back.first('message')).toMatchObject({ text: 'still there?' });
    await back.close();
  });
});
