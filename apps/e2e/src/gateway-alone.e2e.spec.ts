import { eventually } from '@claw/testing';
import { Agent } from './support/agent';
import { Phones } from './support/phones';
import { Platform } from './support/platform';
import { newAgency, newRoute, newSubaccount } from './support/tenants';

const bound = 180_000;

describe('the gateway alone', () => {
  let platform: Platform;
  beforeAll(async () => {
    platform = await Platform.start('--limits', 'relaxed');
  }, bound);
  afterAll(() => platform.dispose(), bound);

  it(
    'keeps accepting sends with tenancy, routing, PostgreSQL and the event store down, and they arrive once those are back',
    async () => {
      const run = await platform.run();
      const subaccount = await newSubaccount(run, await newAgency(run));
      const phone = await newRoute(subaccount);
      const agent = await Agent.connect(run.socket, subaccount.key);

      const restore = await platform.keepDown(['tenancy', 'routing', 'postgres', 'eventstore']);
      const texts = Array.from({ length: 100 }, (_, index) => `text ${index}`);
      for (const text of texts) expect(await agent.text(text, phone, text)).toMatchObject({ ok: true });
      // A new socket and a send over REST need none of them either.
      await agent.close();
      const again = await Agent.connect(run.socket, subaccount.key);
      const parts = [{ type: 'text', value: 'over REST' }];
      expect(await subaccount.rest.post('/api/messages', { to: phone, parts })).toMatchObject({
        status: 202,
      });
      expect(await subaccount.rest.refusal('POST', '/api/routes', { body: { phone_number: phone } })).toBe(
        '503 unavailable',
      );
      expect(await new Phones(run.carrier).inbox(phone)).toEqual([]);

      await restore();
      await eventually(
        async () => {
          const inbox = await new Phones(run.carrier).inbox(phone);
          expect(inbox.map(({ text }) => text)).toEqual([...texts, 'over REST']);
        },
        { withinMs: 60_000, everyMs: 250 },
      );
      await again.close();
    },
    bound,
  );
});
