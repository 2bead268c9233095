import { setTimeout as pause } from 'node:timers/promises';
import { eventually } from '@claw/testing';
import { Phones } from './phones';
import type { Platform } from './platform';
import { SteadyAgent } from './steady-agent';
import { newAgency, newRoute, newSubaccount } from './tenants';

/** Longer than any restart or outage here takes. */
const acceptedWithinMs = 60_000;

interface Pair {
  readonly agency: { readonly sendingNumber: string };
  readonly phone: string;
  readonly agent: SteadyAgent;
  /** What was accepted, and what the customer wrote, in order. */
  readonly sent: string[];
  readonly texted: string[];
}

/** Agents and customers who write to each other, each pair a subaccount of an agency of its own. */
export class Traffic {
  private constructor(
    private readonly phones: Phones,
    private readonly pairs: readonly Pair[],
  ) {}

  static async of(platform: Platform, count: number): Promise<Traffic> {
    const newPair = async (): Promise<Pair> => {
      const run = await platform.run();
      const agency = await newAgency(run);
      const subaccount = await newSubaccount(run, agency, { message_limit: 1_000_000 });
      const phone = await newRoute(subaccount);
      const agent = new SteadyAgent(async () => (await platform.run()).socket, subaccount.key);
      return { agency, phone, agent, sent: [], texted: [] };
    };
    const { carrier } = await platform.run();
    return new Traffic(new Phones(carrier), await Promise.all(Array.from({ length: count }, newPair)));
  }

  get agents(): readonly SteadyAgent[] {
    return this.pairs.map(({ agent }) => agent);
  }

  /** Both ways until aborted: each agent and each customer this often at most. What isn't accepted is sent again. */
  async flow(over: AbortSignal, everyMs: { readonly out: number; readonly in: number }): Promise<void> {
    const sending = this.pairs.map(async ({ agent, phone, sent }) => {
      for (let index = 0; !over.aborted; index += 1) {
        const next = pause(everyMs.out);
        const text = `out ${index}`;
        await agent.text(`id-${index}`, phone, text, acceptedWithinMs);
        sent.push(text);
        await next;
      }
    });
    const texting = this.pairs.map(async ({ agency, phone, texted }) => {
      for (let index = 0; !over.aborted; index += 1) {
        const next = pause(everyMs.in);
        const text = `in ${index}`;
        await this.phones.text(phone, agency.sendingNumber, text);
        texted.push(text);
        await next;
      }
    });
    await Promise.all([...sending, ...texting]);
  }

  /** What was accepted is at the phone once and in order; what a customer wrote is in the agent's log once. Ends it all. */
  async expectAllArrived(withinMs: number): Promise<void> {
    for (const { agent, phone, sent, texted } of this.pairs) {
      await eventually(
        async () => expect((await this.phones.inbox(phone)).map(({ text }) => text)).toEqual(sent),
        { withinMs, everyMs: 500 },
      );
      await eventually(
        async () => {
          await agent.catchUp();
          const texts = [...agent.received.values()].map(({ text }) => text);
          expect(texts.sort()).toEqual([...texted].sort());
        },
        { withinMs, everyMs: 500 },
      );
      for (const { seqs } of agent.received.values()) expect(seqs.size).toBe(1);
      await agent.close();
    }
  }
}
