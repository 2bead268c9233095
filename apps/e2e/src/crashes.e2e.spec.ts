import { eventually } from '@claw/testing';
import { Agent, type Frame } from './support/agent';
import { Phones } from './support/phones';
import { Platform } from './support/platform';
import { Rest } from './support/rest';
import { newAgency, newRoute, newSubaccount } from './support/tenants';

const bound = 120_000;

/** Each kills with SIGKILL, on a platform of its own, and looks after the restart for what was acknowledged. */
describe('after a crash nothing acknowledged is lost and nothing is doubled', () => {
  let platform: Platform;
  beforeAll(async () => {
    platform = await Platform.start('--limits', 'relaxed');
  }, bound);
  afterAll(() => platform.dispose(), bound);

  const newAgent = async () => {
    const run = await platform.run();
    const agency = await newAgency(run);
    const subaccount = await newSubaccount(run, agency);
    const phone = await newRoute(subaccount);
    const agent = await Agent.connect(run.socket, subaccount.key);
    return { run, agency, subaccount, phone, agent, phones: new Phones(run.carrier) };
  };

  /** Sends texts one after another until `until` is over; answers those that were acknowledged. */
  const sendWhile = async (agent: Agent, phone: string, until: Promise<unknown>): Promise<string[]> => {
    let over = false;
    void until.finally(() => (over = true));
    const accepted: string[] = [];
    for (let index = 0; !over && agent.closed === undefined && index < 2_000; index += 1) {
      const text = `text ${index}`;
      const result = await agent
        .text(`id-${index}`, phone, text, 5_000)
        .catch((): Frame => ({ type: 'lost' }));
      if (result['ok'] === true) accepted.push(text);
    }
    return accepted;
  };

  it(
    'of routing in the middle of dispatch',
    async () => {
      const { agent, phone, phones } = await newAgent();
      const pid = await platform.crash('routing');
      const accepted = await sendWhile(agent, phone, platform.replaced('routing', pid));
      expect(accepted.length).toBeGreaterThan(10);
      const arrived = async (texts: readonly string[]) =>
        expect((await phones.inbox(phone)).map(({ text }) => text)).toEqual(texts);
      await eventually(() => arrived(accepted), { withinMs: 60_000, everyMs: 200 });
      // The carrier has a message long before it says so: killed then, routing doesn't know of it.
      await phones.behave({ handle: phone, delays: { answer_ms: 2_000 } });
      for (const text of ['while it waits', 'behind it']) {
        expect(await agent.text(text, phone, text)).toMatchObject({ ok: true });
        accepted.push(text);
      }
      await eventually(() => arrived(accepted.slice(0, -1)), { withinMs: 30_000, everyMs: 20 });
      const again = await platform.crash('routing');
      await phones.behave({ handle: phone, delays: { answer_ms: 0 } });
      await platform.replaced('routing', again);
      await eventually(() => arrived(accepted), { withinMs: 60_000, everyMs: 200 });
      await agent.close();
    },
    bound,
  );

  it(
    'of gateway right after an acknowledgement',
    async () => {
      const { run, subaccount, agent, phone, phones } = await newAgent();
      const result = await agent.text('msg-1', phone, 'acknowledged');
      const pid = await platform.crash('gateway');
      expect(result).toMatchObject({ ok: true });
      await platform.replaced('gateway', pid);
      // Ready by its own word; the front learns of it a moment later, and a client comes again.
      const back = await eventually(() => Agent.connect(run.socket, subaccount.key), { withinMs: 10_000 });
      // The client doesn't know whether its answer got lost: it sends again.
      expect(await back.text('msg-1', phone, 'acknowledged')).toMatchObject({
        messageId: result['messageId'],
      });
      await eventually(
        async () => expect((await phones.inbox(phone)).map(({ text }) => text)).toEqual(['acknowledged']),
        { withinMs: 30_000 },
      );
      await back.close();
    },
    bound,
  );

  it(
    'of the event store in the middle of appends',
    async () => {
      const { run, agency } = await newAgent();
      const names = Array.from({ length: 200 }, (_, index) => `crash-${index}`);
      const answers = Promise.all(
        names.map(async (external_id) => {
          const call = agency.rest.post<{ id: string }>('/api/agency/subaccounts', {
            name: 'Acme',
            external_id,
          });
          const { status, body } = await call.catch(() => ({ status: 0, body: { id: '' } }));
          return { external_id, status, id: body.id };
        }),
      );
      const pid = await platform.crash('eventstore');
      const acknowledged = (await answers).filter(({ status }) => status === 200);
      await platform.replaced('eventstore', pid);
      await platform.ready('tenancy');

      // Whatever was acknowledged is there, and what wasn't is made whole by asking again.
      for (const { external_id, id } of acknowledged) {
        const { data } = await agency.rest.ok<{ data: { id: string }[] }>(
          'GET',
          `/api/agency/subaccounts?external_id=${external_id}`,
        );
        expect(data.map((each) => each.id)).toEqual([id]);
      }
      const again = await Promise.all(
        names.map((external_id) =>
          eventually(
            () =>
              agency.rest.ok<{ id: string }>('POST', '/api/agency/subaccounts', {
                name: 'Acme',
                external_id,
              }),
            {
              withinMs: 20_000,
            },
          ),
        ),
      );
      expect(new Set(again.map(({ id }) => id)).size).toBe(names.length);
      expect((await new Rest(run.api, agency.key).get('/api/agency')).status).toBe(200);
    },
    bound,
  );

  it(
    'of tenancy between append and publish',
    async () => {
      const { run, agency } = await newAgent();
      const names = Array.from({ length: 100 }, (_, index) => `tenancy-${index}`);
      const answers = Promise.all(
        names.map((external_id) =>
          agency.rest.post<{ id: string; api_key?: string }>('/api/agency/subaccounts', {
            name: 'Acme',
            external_id,
          }),
        ),
      );
      const pid = await platform.crash('tenancy');
      const keys = (await answers).flatMap(({ status, body }) =>
        status === 200 && body.api_key ? [body.api_key] : [],
      );
      await platform.replaced('tenancy', pid);
      for (const key of keys) expect((await new Rest(run.api, key).get('/api/me')).status).toBe(200);
      const all = await Promise.all(
        names.map((external_id) =>
          eventually(
            () =>
              agency.rest.ok<{ id: string }>('POST', '/api/agency/subaccounts', {
                name: 'Acme',
                external_id,
              }),
            {
              withinMs: 20_000,
            },
          ),
        ),
      );
      // What the crash left out of the query side is healed from the log.
      await eventually(
        async () => {
          const listed = await agency.rest.ok<{ data: { id: string }[] }>(
            'GET',
            '/api/agency/subaccounts?limit=200',
          );
          const ids = new Set(listed.data.map(({ id }) => id));
          expect(all.filter(({ id }) => !ids.has(id))).toEqual([]);
        },
        { withinMs: 20_000 },
      );
    },
    bound,
  );
});
