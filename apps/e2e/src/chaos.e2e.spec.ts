import { randomInt } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { eventually } from '@claw/testing';
import { Phones } from './support/phones';
import { Platform } from './support/platform';
import { SteadyAgent } from './support/steady-agent';
import { newAgency, newRoute, newSubaccount } from './support/tenants';
import { around, shortOrLong } from './support/test-length';

const seconds = shortOrLong(20, 600);
const pairs = shortOrLong(4, 20);
const victims = ['gateway', 'routing', 'tenancy', 'api', 'eventstore', 'postgres', 'nats'] as const;

/** Longer than any restart here takes. */
const acceptedWithinMs = 60_000;

describe('chaos', () => {
  let platform: Platform;
  beforeAll(async () => {
    platform = await Platform.start('--limits', 'relaxed');
  }, around(0));
  afterAll(() => platform.dispose(), around(0));

  const newPair = async () => {
    const run = await platform.run();
    const agency = await newAgency(run);
    const subaccount = await newSubaccount(run, agency, { message_limit: 1_000_000 });
    const phone = await newRoute(subaccount);
    const agent = new SteadyAgent(async () => (await platform.run()).socket, subaccount.key);
    return { agency, phone, agent, sent: [] as string[], texted: [] as string[] };
  };

  it(
    'of killed processes loses and doubles nothing, out and in, and keeps each chat in order',
    async () => {
      const phones = new Phones((await platform.run()).carrier);
      const all = await Promise.all(Array.from({ length: pairs }, newPair));
      const over = AbortSignal.timeout(seconds * 1_000);

      const sending = all.map(async ({ agent, phone, sent }) => {
        for (let index = 0; !over.aborted; index += 1) {
          const text = `out ${index}`;
          await agent.text(`id-${index}`, phone, text, acceptedWithinMs);
          sent.push(text);
          await pause(20);
        }
      });
      const texting = all.map(async ({ agency, phone, texted }) => {
        for (let index = 0; !over.aborted; index += 1) {
          const text = `in ${index}`;
          await phones.text(phone, agency.sendingNumber, text);
          texted.push(text);
          await pause(200);
        }
      });
      const killing = (async () => {
        for (let round = randomInt(victims.length); !over.aborted; round += 1) {
          const victim = victims[round % victims.length] ?? 'gateway';
          const pid = await platform.crash(victim);
          await platform.replaced(victim, pid);
        }
      })();
      await Promise.all([...sending, ...texting, killing]);

      for (const { agent, phone, sent, texted } of all) {
        await eventually(
          async () => expect((await phones.inbox(phone)).map(({ text }) => text)).toEqual(sent),
          { withinMs: 90_000, everyMs: 500 },
        );
        await eventually(
          async () => {
            await agent.catchUp();
            const texts = [...agent.received.values()].map(({ text }) => text);
            expect(texts.sort()).toEqual([...texted].sort());
          },
          { withinMs: 90_000, everyMs: 500 },
        );
        for (const { seqs } of agent.received.values()) expect(seqs.size).toBe(1);
        await agent.close();
      }
    },
    around(seconds + 120),
  );
});
