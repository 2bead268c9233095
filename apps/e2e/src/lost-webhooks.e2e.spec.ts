import { eventually } from '@claw/testing';
import { Agent } from './support/agent';
import { Phones } from './support/phones';
import { Platform } from './support/platform';
import { newAgency, newRoute, newSubaccount } from './support/tenants';

const bound = 180_000;

describe('webhooks that the carrier has given up on', () => {
  let platform: Platform;
  beforeAll(async () => {
    platform = await Platform.start('--limits', 'relaxed');
  }, bound);
  afterAll(() => platform.dispose(), bound);

  // Seen red with `Backfill` taken out of routing's background work: then nothing arrives but what was told.
  it(
    'cost no message and no delivery state: routing finds them in the carrier’s lists when it is back',
    async () => {
      const run = await platform.run();
      const agency = await newAgency(run);
      const phones = new Phones(run.carrier);
      const customers = await Promise.all(
        ['Acme', 'Globex'].map(async (name) => {
          const subaccount = await newSubaccount(run, agency, { name });
          const phone = await newRoute(subaccount);
          return { phone, agent: await Agent.connect(run.socket, subaccount.key) };
        }),
      );
      // Told as sent, so the ledger knows it at the carrier; it arrives only when nobody is told any more.
      await phones.behave({ handle: agency.sendingNumber, delays: { delivered_ms: 2_000 } });
      for (const { agent, phone } of customers) {
        expect(await agent.text('offer', phone, 'ready when you are')).toMatchObject({ ok: true });
      }
      for (const { agent } of customers) await agent.first('status', ({ status }) => status === 'sent');
      await phones.behave({ handle: agency.sendingNumber, lose_webhooks: true });
      const restore = await platform.keepDown(['routing']);
      const texts = Array.from({ length: 10 }, (_, index) => `text ${index}`);
      for (const text of texts) {
        for (const { phone } of customers) await phones.text(phone, agency.sendingNumber, text);
      }
      await restore();
      for (const { agent } of customers) {
        const seen = (type: string, field: string) =>
          agent.frames.filter((frame) => frame.type === type).map((frame) => frame[field]);
        await eventually(() => expect(seen('message', 'text')).toEqual(texts), { withinMs: 60_000 });
        await eventually(() => expect(seen('status', 'status')).toEqual(['sent', 'delivered', 'read']), {
          withinMs: 60_000,
        });
      }
      await phones.behave({ handle: agency.sendingNumber, lose_webhooks: false });
      for (const { agent, phone } of customers) {
        await phones.text(phone, agency.sendingNumber, 'told as ever');
        await agent.first('message', (frame) => frame['text'] === 'told as ever');
        const messages = agent.frames.filter(({ type }) => type === 'message');
        expect(messages.map((frame) => frame['text'])).toEqual([...texts, 'told as ever']);
        expect(new Set(messages.map((frame) => frame['messageId'])).size).toBe(texts.length + 1);
        await agent.close();
      }
    },
    bound,
  );
});
