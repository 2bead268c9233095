import { setTimeout as pause } from 'node:timers/promises';
import { eventually } from '@claw/testing';
import { Phones } from './phones';
import type { Platform } from './platform';
import { SteadyAgent } from './steady-agent';
import { newAgency, newRoute, newSubaccount } from './tenants';

/** Longer than any restart here takes. */
const acceptedWithinMs = 60_000;
/** Every so many texts the agent sends one again that was accepted before, as one would who isn't sure of it. */
const repeatEvery = 5;

/** How often each side texts, at most. */
export interface Pace {
  readonly outMs: number;
  readonly inMs: number;
}

/** An agent of an agency of its own and a customer, who text each other whatever happens meanwhile. */
export class Conversation {
  private readonly sent: string[] = [];
  private readonly texted: string[] = [];

  private constructor(
    readonly agent: SteadyAgent,
    private readonly phones: Phones,
    private readonly phone: string,
    private readonly sendingNumber: string,
  ) {}

  static async begin(platform: Platform): Promise<Conversation> {
    const run = await platform.run();
    const agency = await newAgency(run);
    const subaccount = await newSubaccount(run, agency, { message_limit: 1_000_000 });
    const phone = await newRoute(subaccount);
    const agent = new SteadyAgent(async () => (await platform.run()).socket, subaccount.key);
    return new Conversation(agent, new Phones(run.carrier), phone, agency.sendingNumber);
  }

  /** Both text until it is over; the agent sends its next text once the one before is accepted. */
  async goOnUntil(over: AbortSignal, { outMs, inMs }: Pace): Promise<void> {
    const sending = async (): Promise<void> => {
      for (let index = 0; !over.aborted; index += 1) {
        const next = pause(outMs);
        this.sent.push(await this.send(index));
        if (index % repeatEvery === 0) await this.send(Math.max(0, index - repeatEvery + 1));
        await next;
      }
    };
    const texting = async (): Promise<void> => {
      for (let index = 0; !over.aborted; index += 1) {
        const next = pause(inMs);
        const text = `in ${index}`;
        await this.phones.text(this.phone, this.sendingNumber, text);
        this.texted.push(text);
        await next;
      }
    };
    await Promise.all([sending(), texting()]);
  }

  /** Waits until so many more of the agent's texts are accepted. */
  async goesOn(texts: number): Promise<void> {
    const wanted = this.sent.length + texts;
    await eventually(() => expect(this.sent.length).toBeGreaterThanOrEqual(wanted), {
      withinMs: acceptedWithinMs,
    });
  }

  /** Waits until the customer has what was accepted, once and in order, and the agent what was texted, once. */
  async hasArrived(withinMs: number): Promise<void> {
    const settled = { withinMs, everyMs: 500 };
    await eventually(
      async () => expect((await this.phones.inbox(this.phone)).map(({ text }) => text)).toEqual(this.sent),
      settled,
    );
    await eventually(async () => {
      await this.agent.catchUp();
      const texts = [...this.agent.received.values()].map(({ text }) => text);
      expect(texts.sort()).toEqual([...this.texted].sort());
    }, settled);
    for (const { seqs } of this.agent.received.values()) expect(seqs.size).toBe(1);
    expect(Math.min(this.sent.length, this.texted.length)).toBeGreaterThan(10);
  }

  async end(): Promise<void> {
    await this.agent.close();
  }

  private async send(index: number): Promise<string> {
    const text = `out ${index}`;
    await this.agent.text(`id-${index}`, this.phone, text, acceptedWithinMs);
    return text;
  }
}
