import { eventually } from '@claw/testing';
import { Agent } from './support/agent';
import type { RunFile } from './support/claw';
import { Phones } from './support/phones';
import { sharedPlatform } from './support/shared-platform';
import { newAgency, newRoute, newSubaccount } from './support/tenants';

describe('isolation', () => {
  let run: RunFile;
  let phones: Phones;
  beforeAll(async () => {
    run = await sharedPlatform().run();
    phones = new Phones(run.carrier);
  });

  it("reaches nobody when a customer of one agency's subaccount texts another agency's number", async () => {
    const [own, other] = await Promise.all([newAgency(run), newAgency(run)]);
    const [subaccount, stranger] = await Promise.all([newSubaccount(run, own), newSubaccount(run, other)]);
    const phone = await newRoute(subaccount);
    const [agent, elsewhere] = await Promise.all([
      Agent.connect(run.socket, subaccount.key),
      Agent.connect(run.socket, stranger.key),
    ]);
    await phones.text(phone, other.sendingNumber, 'wrong number');
    await phones.text(phone, own.sendingNumber, 'right number');
    await agent.first('message', ({ text }) => text === 'right number');
    const texts = [...agent.frames, ...elsewhere.frames].map(({ text }) => text);
    expect(texts).not.toContain('wrong number');
    await Promise.all([agent.close(), elsewhere.close()]);
  });

  it('never delivers an older message to the subaccount that re-claimed its number', async () => {
    const agency = await newAgency(run);
    const [before, after] = await Promise.all([newSubaccount(run, agency), newSubaccount(run, agency)]);
    const phone = await newRoute(before);
    const sentAt = new Date().toISOString();
    await before.rest.ok('DELETE', `/api/routes/${encodeURIComponent(phone)}`);
    await newRoute(after, phone);

    const agent = await Agent.connect(run.socket, after.key);
    await phones.text(phone, agency.sendingNumber, 'for the one before', { sent_at: sentAt });
    await phones.text(phone, agency.sendingNumber, 'for the one now');
    await agent.first('message', ({ text }) => text === 'for the one now');
    expect(agent.frames.map(({ text }) => text)).not.toContain('for the one before');
    await agent.close();

    const earlier = await Agent.connect(run.socket, before.key);
    await eventually(async () => {
      earlier.send({ type: 'sync', since: new Date(Date.now() - 60_000).toISOString() });
      await earlier.first('message', ({ text }) => text === 'for the one before', 200);
    });
    await earlier.close();
  });

  it('starts another chat when a number is claimed anew', async () => {
    const agency = await newAgency(run);
    const [before, after] = await Promise.all([newSubaccount(run, agency), newSubaccount(run, agency)]);
    const phone = await newRoute(before);
    const parts = [{ type: 'text', value: 'hello' }];
    const first = await before.rest.ok<{ chatId: string }>('POST', '/api/messages', { to: phone, parts });
    await before.rest.ok('DELETE', `/api/routes/${encodeURIComponent(phone)}`);
    await newRoute(after, phone);
    const second = await after.rest.ok<{ chatId: string }>('POST', '/api/messages', { to: phone, parts });
    await after.rest.ok('DELETE', `/api/routes/${encodeURIComponent(phone)}`);
    await newRoute(before, phone);
    const third = await before.rest.ok<{ chatId: string }>('POST', '/api/messages', { to: phone, parts });
    expect(new Set([first.chatId, second.chatId, third.chatId]).size).toBe(3);
    expect(await after.rest.refusal('POST', '/api/messages', { body: { chatId: first.chatId, parts } })).toBe(
      '404 chat_not_found',
    );
  });
});
