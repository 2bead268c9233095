import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import type { NewAgency } from '../commands/agency';
import { operatorPost } from '../platform/operator-api';
import type { Run } from '../state/run-file';
import { Agent } from './agent';
import { jsonCall, problemSchema, subaccountSchema } from './json-call';
import type { Subaccount } from './json-call';
import { must } from './transcript';
import type { Transcript } from './transcript';

const customer = '+15551230001';
const neighbour = '+15551230002';
const floristLimit = 2;
const phonePollMs = 100;
const phoneTries = 100;

const agencySchema = z.object({ api_key: z.string(), sending_number: z.string(), name: z.string() });
type Agency = Pick<NewAgency, 'api_key' | 'sending_number' | 'name'>;
const issuedSchema = z.object({ api_key: z.string() });
const phoneSchema = z.object({ data: z.array(z.object({ from: z.string(), text: z.string() })) });

/** The scenes of the demo: each a step or a few, true or not. */
export class Scenes {
  constructor(
    private readonly run: Run,
    private readonly transcript: Transcript,
  ) {}

  agency(): Promise<Agency> {
    return this.transcript.step('The operator makes an agency', async (tell) => {
      const body = { name: 'Acme Agency', email: 'founder@acme.example' };
      const agency = agencySchema.parse(await operatorPost(this.run, '/api/operator/agencies', body));
      tell(`${agency.name} sends from ${agency.sending_number}`);
      return agency;
    });
  }

  subaccount(agency: Agency, name: string, messageLimit: number): Promise<Subaccount> {
    return this.transcript.step(
      `The agency provisions ${name} (POST /api/agency/subaccounts)`,
      async (tell) => {
        const wish = { name, external_id: name.toLowerCase(), message_limit: messageLimit };
        const made = await this.post('/api/agency/subaccounts', agency.api_key, wish);
        must(made.status === 200, `expected 200, got ${made.status}`);
        const subaccount = subaccountSchema.parse(made.body);
        const again = await this.post('/api/agency/subaccounts', agency.api_key, wish);
        must(!('api_key' in z.looseObject({}).parse(again.body)), 'a repeat showed the key again');
        tell(
          `limit ${messageLimit} a month; asked again with the same external_id: the same one, key not shown`,
        );
        return subaccount;
      },
    );
  }

  async routes(agency: Agency, bakery: Subaccount, florist: Subaccount): Promise<void> {
    await this.transcript.step('Each registers the number of its own customer', async (tell) => {
      const path = `/api/agency/subaccounts/${bakery.id}/phone-routes`;
      const byParent = await this.post(path, agency.api_key, { phone_number: customer });
      must(byParent.status === 200, `expected 200, got ${byParent.status}`);
      tell(`${customer} → ${bakery.name}, with the parent key`);
      const byItself = await this.post('/api/routes', florist.api_key, { phone_number: neighbour });
      must(byItself.status === 200, `expected 200, got ${byItself.status}`);
      tell(`${neighbour} → ${florist.name}, with its own key`);
    });
    await this.transcript.step(`${florist.name} asks for ${bakery.name}'s customer`, async (tell) => {
      const taken = await this.post('/api/routes', florist.api_key, { phone_number: customer });
      const problem = problemSchema.parse(taken.body);
      must(taken.status === 409 && problem.error === 'phone_already_registered', `got ${taken.status}`);
      tell(`409 ${problem.error}: ${problem.detail}`);
    });
  }

  agent(of: Subaccount): Promise<Agent> {
    return this.transcript.step(`${of.name}'s agent connects (GET /ws)`, async (tell) => {
      const agent = await Agent.connect(of.name, this.run.socket, of.api_key);
      const ready = await agent.gets('ready');
      tell(`ready: used ${String(ready['used'])} of ${String(ready['message_limit'])}`);
      return agent;
    });
  }

  async conversation(agency: Agency, bakery: Agent, florist: Agent): Promise<void> {
    const question = 'Do you have rye bread today?';
    const reply = 'Fresh from the oven. Shall I keep one for you?';
    await this.transcript.step('A customer texts the agency’s number', async (tell) => {
      const text = { from: customer, to: agency.sending_number, text: question };
      const sent = await jsonCall('POST', `${this.run.carrier}/sim/inbound`, undefined, text);
      must(sent.status < 300, `the carrier answered ${sent.status}`);
      const message = await bakery.gets('message', (frame) => frame['text'] === question);
      must(message['from'] === customer, `it came from ${String(message['from'])}`);
      tell(`${customer}: “${question}” → ${bakery.name}'s agent`);
      must(!florist.has('message', () => true), `${florist.name}'s agent got it too`);
      tell(`${florist.name}'s agent saw nothing of it`);
    });
    await this.transcript.step('The agent answers', async (tell) => {
      const result = await bakery.send('answer-1', customer, reply);
      must(result['ok'] === true, `refused: ${String(result['errorCode'])}`);
      tell(`send.result ok: ${String(result['status'])}`);
      const delivered = await bakery.gets(
        'status',
        (frame) => frame['messageId'] === result['messageId'] && frame['status'] === 'delivered',
      );
      tell(`status ${String(delivered['status'])}`);
      await this.onPhone(customer, agency.sending_number, reply);
      tell(`on the customer's phone, from ${agency.sending_number}: “${reply}”`);
    });
  }

  async limit(florist: Agent): Promise<void> {
    await this.transcript.step(`${florist.name} reaches its limit of ${floristLimit}`, async (tell) => {
      for (let number = 1; number <= floristLimit; number += 1) {
        const result = await florist.send(`offer-${number}`, neighbour, `Offer number ${number}`);
        must(result['ok'] === true, `message ${number} was refused: ${String(result['errorCode'])}`);
        tell(`message ${number}: ok`);
      }
      const over = await florist.send('offer-over', neighbour, 'One more');
      must(over['ok'] === false && over['errorCode'] === 'message_limit_reached', 'one over was accepted');
      tell(`message ${floristLimit + 1}: ${String(over['errorCode'])}, until ${String(over['resets_at'])}`);
    });
  }

  async rotation(agency: Agency, bakery: Subaccount, agent: Agent): Promise<void> {
    await this.transcript.step(`${bakery.name}'s key is rotated`, async (tell) => {
      const rotated = await this.post(
        `/api/agency/subaccounts/${bakery.id}/rotate-key`,
        agency.api_key,
        undefined,
      );
      must(rotated.status === 200, `expected 200, got ${rotated.status}`);
      const code = await agent.closed();
      must(code === 4001, `the socket was closed with ${code}`);
      tell('its socket: closed with 4001');
      const rest = await jsonCall('GET', `${this.run.api}/api/me`, bakery.api_key);
      must(rest.status === 401, `the old key got ${rest.status}`);
      const door = await Agent.refusal(this.run.socket, bakery.api_key);
      must(door === 401, `the old key was let in (${door ?? 'upgraded'})`);
      tell('the old key: 401 from REST, 401 from the socket');
      const { api_key } = issuedSchema.parse(rotated.body);
      await (await Agent.connect(bakery.name, this.run.socket, api_key)).leave();
      tell('the new key: connects');
    });
  }

  private post(path: string, key: string, body: unknown): ReturnType<typeof jsonCall> {
    return jsonCall('POST', `${this.run.api}${path}`, key, body);
  }

  private async onPhone(to: string, from: string, text: string): Promise<void> {
    const url = `${this.run.carrier}/sim/messages?to=${encodeURIComponent(to)}`;
    for (let attempt = 0; attempt < phoneTries; attempt += 1) {
      const { data } = phoneSchema.parse((await jsonCall('GET', url)).body);
      if (data.some((message) => message.from === from && message.text === text)) return;
      await delay(phonePollMs);
    }
    must(false, `the phone ${to} never got it`);
  }
}

/** The whole story, in order. Rejects at the first step that wasn't true. */
export const play = async (run: Run, transcript: Transcript): Promise<void> => {
  const scenes = new Scenes(run, transcript);
  const agency = await scenes.agency();
  const bakery = await scenes.subaccount(agency, 'Bakery', 1_000);
  const florist = await scenes.subaccount(agency, 'Florist', floristLimit);
  await scenes.routes(agency, bakery, florist);
  const bakeryAgent = await scenes.agent(bakery);
  const floristAgent = await scenes.agent(florist);
  try {
    await scenes.conversation(agency, bakeryAgent, floristAgent);
    await scenes.limit(floristAgent);
    await scenes.rotation(agency, bakery, bakeryAgent);
  } finally {
    await Promise.all([bakeryAgent.leave(), floristAgent.leave()]);
  }
};
