import { Agent } from './support/agent';
import type { RunFile } from './support/claw';
import { randomPhone } from './support/phones';
import { Platform } from './support/platform';
import { newAgency, newRoute, newSubaccount } from './support/tenants';

const bound = 120_000;

/** On a platform with the limits as they are in production, and two front doors that count together. */
describe('volume limits', () => {
  let platform: Platform;
  let run: RunFile;
  beforeAll(async () => {
    platform = await Platform.start('--replicas', 'api=2');
    run = await platform.run();
  }, bound);
  afterAll(() => platform.dispose(), bound);

  it('let 300 provisioning calls through in a minute, hardly fewer, and say when to go on', async () => {
    const agency = await newAgency(run);
    const answers = await Promise.all(
      Array.from({ length: 320 }, (_, index) =>
        agency.rest.post('/api/agency/subaccounts', { name: 'Acme', external_id: `one-of-few-${index % 3}` }),
      ),
    );
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThanOrEqual(20);
    expect(refused.length).toBeLessThanOrEqual(50);
    expect(refused[0]?.body).toMatchObject({ error: 'rate_limited' });
    expect(Number(refused[0]?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(refused[0]?.headers.get('ratelimit-policy')).toBe('"provisioning";q=300;w=60');
  });

  it("count an agency's claims by row, whichever of its keys claims", async () => {
    const agency = await newAgency(run);
    const subaccount = await newSubaccount(run, agency);
    const path = `/api/agency/subaccounts/${subaccount.id}/phone-routes`;
    const numbers = Array.from({ length: 998 }, randomPhone);
    await agency.rest.ok('POST', path, { phone_numbers: numbers });
    await subaccount.rest.ok('POST', '/api/routes', { phone_number: randomPhone() });
    const last = await subaccount.rest.post('/api/routes', { phone_number: randomPhone() });
    expect(last.headers.get('ratelimit')).toMatch(/^"claims";r=0;t=\d+$/);
    expect(await agency.rest.refusal('POST', path, { body: { phone_number: randomPhone() } })).toBe(
      '429 rate_limited',
    );
  });

  it('hold at most as many routes as a subaccount may have', async () => {
    const agency = await newAgency(run);
    const subaccount = await newSubaccount(run, agency);
    const operator = await platform.operator();
    await operator.ok('PATCH', `/api/operator/agencies/${agency.id}`, {
      limits: { routes_per_subaccount: 2 },
    });
    await newRoute(subaccount);
    await newRoute(subaccount);
    expect(
      await subaccount.rest.refusal('POST', '/api/routes', { body: { phone_number: randomPhone() } }),
    ).toBe('429 route_limit_reached');
  });

  it('hold at most as many subaccounts as an agency may have', async () => {
    const agency = await newAgency(run);
    const operator = await platform.operator();
    await operator.ok('PATCH', `/api/operator/agencies/${agency.id}`, {
      limits: { subaccounts_per_agency: 1 },
    });
    await newSubaccount(run, agency);
    expect(await agency.rest.refusal('POST', '/api/agency/subaccounts', { body: { name: 'Acme' } })).toBe(
      '429 subaccount_limit_reached',
    );
  });

  it('slow a burst of sends, with a hint when to try again', async () => {
    const subaccount = await newSubaccount(run, await newAgency(run));
    const phones = await Promise.all(Array.from({ length: 4 }, () => newRoute(subaccount)));
    const agent = await Agent.connect(run.socket, subaccount.key);
    const results = await Promise.all(
      Array.from({ length: 45 }, (_, index) =>
        agent.text(`id-${index}`, phones[index % 4] ?? '', `text ${index}`),
      ),
    );
    const refused = results.filter(({ ok }) => ok === false);
    expect(refused.length).toBeGreaterThan(5);
    for (const result of refused) {
      expect(result).toMatchObject({ errorCode: 'rate_limited', retry_after_ms: expect.any(Number) });
    }
    await agent.close();
  });
});
