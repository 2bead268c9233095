import { Agent } from './support/agent';
import type { RunFile } from './support/claw';
import { Rest } from './support/rest';
import { sharedPlatform } from './support/shared-platform';
import { newAgency, newSubaccount } from './support/tenants';

/** What a live socket may take to feel that its key is dead. */
const feltWithinMs = 250;

describe('keys', () => {
  let run: RunFile;
  beforeAll(async () => {
    run = await sharedPlatform().run();
  });

  it('refuses a rotated key in the very next call and on a new socket, and closes its live socket with 4001 within 250 ms', async () => {
    const agency = await newAgency(run);
    const subaccount = await newSubaccount(run, agency);
    const live = await Agent.connect(run.socket, subaccount.key);

    const rotated = await agency.rest.ok<{ id: string; api_key: string; key_prefix: string }>(
      'POST',
      `/api/agency/subaccounts/${subaccount.id}/rotate-key`,
    );
    const answeredAt = performance.now();
    const [rest, socket, closed] = await Promise.all([
      subaccount.rest.refusal('GET', '/api/me'),
      Agent.open(run.socket, subaccount.key).catch((error: Error) => error.message),
      live.untilClosed(),
    ]);
    expect(rest).toBe('401 invalid_api_key');
    expect(socket).toBe('upgrade refused: 401');
    expect(closed.code).toBe(4001);
    expect(closed.at - answeredAt).toBeLessThan(feltWithinMs);

    expect(rotated.api_key.startsWith(rotated.key_prefix)).toBe(true);
    const agent = await Agent.connect(run.socket, rotated.api_key);
    await agent.close();
  });

  it('refuses the old parent key in the call after its rotation', async () => {
    const agency = await newAgency(run);
    const { api_key } = await agency.rest.ok<{ api_key: string }>('POST', '/api/agency/rotate-key');
    expect(await agency.rest.refusal('GET', '/api/agency')).toBe('401 invalid_api_key');
    expect((await new Rest(run.api, api_key).get('/api/agency')).status).toBe(200);
  });

  it('closes the live socket of a suspended subaccount with 4003 within 250 ms, and lets it back after reactivation', async () => {
    const agency = await newAgency(run);
    const subaccount = await newSubaccount(run, agency);
    const live = await Agent.connect(run.socket, subaccount.key);
    await agency.rest.ok('POST', `/api/agency/subaccounts/${subaccount.id}/suspend`);
    const answeredAt = performance.now();
    const closed = await live.untilClosed();
    expect(closed.code).toBe(4003);
    expect(closed.at - answeredAt).toBeLessThan(feltWithinMs);

    const refused = await Agent.open(run.socket, subaccount.key);
    expect(await refused.first('error')).toMatchObject({ code: 'subaccount_suspended' });
    expect((await refused.untilClosed()).code).toBe(4003);

    await agency.rest.ok('POST', `/api/agency/subaccounts/${subaccount.id}/reactivate`);
    const back = await Agent.connect(run.socket, subaccount.key);
    await back.close();
  });

  it('closes the live socket of a closed subaccount with 4001', async () => {
    const agency = await newAgency(run);
    const subaccount = await newSubaccount(run, agency);
    const live = await Agent.connect(run.socket, subaccount.key);
    await agency.rest.ok('DELETE', `/api/agency/subaccounts/${subaccount.id}`);
    expect((await live.untilClosed()).code).toBe(4001);
    expect(await subaccount.rest.refusal('GET', '/api/me')).toBe('401 invalid_api_key');
  });

  it('stops a suspended agency and all its subaccounts, lets both read, and lets them go on after reactivation', async () => {
    const agency = await newAgency(run);
    const subaccount = await newSubaccount(run, agency);
    const operator = await sharedPlatform().operator();
    const live = await Agent.connect(run.socket, subaccount.key);
    await operator.ok('POST', `/api/operator/agencies/${agency.id}/suspend`);

    expect((await live.untilClosed()).code).toBe(4003);
    expect(await agency.rest.refusal('POST', '/api/agency/subaccounts', { body: { name: 'New' } })).toBe(
      '402 payment_required',
    );
    expect(
      await subaccount.rest.refusal('POST', '/api/routes', { body: { phone_number: '+15551234567' } }),
    ).toBe('403 subaccount_suspended');
    expect(await subaccount.rest.ok('GET', '/api/me')).toMatchObject({ status: 'suspended' });
    const list = (status: string) =>
      agency.rest.ok<{ data: { id: string; status: string }[] }>(
        'GET',
        `/api/agency/subaccounts?status=${status}`,
      );
    expect((await list('suspended')).data).toMatchObject([{ id: subaccount.id, status: 'suspended' }]);
    expect((await list('active')).data).toEqual([]);

    await operator.ok('POST', `/api/operator/agencies/${agency.id}/reactivate`);
    expect((await list('active')).data).toMatchObject([{ id: subaccount.id, status: 'active' }]);
    const back = await Agent.connect(run.socket, subaccount.key);
    await back.close();
  });
});
