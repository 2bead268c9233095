import { randomUUID } from 'node:crypto';
import type { Problem } from '@claw/contracts';
import { randomPhone } from './support/phones';
import type { RunFile } from './support/claw';
import { Rest } from './support/rest';
import { sharedPlatform } from './support/shared-platform';
import { newAgency, newRoute, newSubaccount, type TestAgency } from './support/tenants';

describe('odd requests', () => {
  let run: RunFile;
  let agency: TestAgency;

  beforeAll(async () => {
    run = await sharedPlatform().run();
    agency = await newAgency(run);
  });

  it.each(['/api/%zz', `/api/agency/subaccounts/${'x'.repeat(300)}`])(
    'an address that can not be read is not found, as a problem with its request id: %s',
    async (path) => {
      const { status, headers, body } = await agency.rest.call<Problem>('GET', path);
      expect(status).toBe(404);
      expect(headers.get('content-type')).toContain('application/problem+json');
      expect(body).toMatchObject({ error: 'not_found', request_id: headers.get('x-request-id') });
    },
  );

  it('an id is the same in upper case, for reading and for changing', async () => {
    const subaccount = await newSubaccount(run, agency);
    const phone = await newRoute(subaccount);
    const path = `/api/agency/subaccounts/${subaccount.id.toUpperCase()}`;
    await expect(agency.rest.ok('PATCH', path, { name: 'Renamed' })).resolves.toMatchObject({
      id: subaccount.id,
    });
    const { data } = await agency.rest.ok<{ data: unknown[] }>('GET', `${path}/phone-routes`);
    expect(data).toEqual([expect.objectContaining({ phone_number: phone })]);
  });

  it.each([
    ['a cursor of the year 0', 'subaccounts?cursor=', ['0000-01-01T00:00:00.000Z', randomUUID()]],
    ['a cursor that is none', 'subaccounts?cursor=', ['now', 'x']],
  ])('%s is an invalid request', async (_, path, cursor) => {
    const encoded = Buffer.from(JSON.stringify(cursor)).toString('base64url');
    expect(await agency.rest.refusal('GET', `/api/agency/${path}${encoded}`)).toBe('422 invalid_request');
  });

  it.each(['0000-01', '9999-12', '2026-13'])('the month %s is an invalid request', async (month) => {
    expect(await agency.rest.refusal('GET', `/api/agency/usage?month=${month}`)).toBe('422 invalid_request');
  });

  it('a bulk claim of more rows than a call may have is invalid, not too often', async () => {
    const { id } = await newSubaccount(run, agency);
    const body = { phone_numbers: Array.from({ length: 1_001 }, randomPhone) };
    const path = `/api/agency/subaccounts/${id}/phone-routes`;
    const { status, body: problem } = await agency.rest.call<Problem>('POST', path, { body });
    expect(status).toBe(422);
    expect(problem.errors).toEqual([expect.objectContaining({ field: 'phone_numbers' })]);
  });

  it.each([
    [{ phone_number: '+12125550100', phone_numbers: ['+12125550101'] }, 'phone_number'],
    [{}, 'phone_number'],
    [{ phone_numbers: '+12125550100' }, 'phone_numbers'],
    [{ phone_numbers: ['+12125550100', 5] }, 'phone_numbers.1'],
  ])('a claim of %j is refused with the field at fault', async (body, field) => {
    const { id } = await newSubaccount(run, agency);
    const path = `/api/agency/subaccounts/${id}/phone-routes`;
    const { body: problem } = await agency.rest.call<Problem>('POST', path, { body });
    expect(problem.errors).toEqual([expect.objectContaining({ field })]);
  });

  it('a text that claims its route first counts as a claim of the agency', async () => {
    const { rest } = await newSubaccount(run, agency);
    const sent = (claim_route: boolean, phone_number: string) =>
      rest.call('POST', '/api/agent/send-message', { body: { phone_number, text: 'Hello', claim_route } });
    const phone = randomPhone();
    const claimed = await sent(true, phone);
    expect(claimed.status).toBe(202);
    expect(claimed.headers.get('ratelimit-policy')).toMatch(/^"requests";.*, "claims";/);
    expect((await sent(false, phone)).headers.get('ratelimit-policy')).not.toContain('claims');
  });

  it('a send over the monthly limit says how long it is until the next month', async () => {
    const subaccount = await newSubaccount(run, agency, { message_limit: 1 });
    const to = await newRoute(subaccount);
    const send = (text: string) =>
      subaccount.rest.call<Problem>('POST', '/api/messages', {
        body: { to, parts: [{ type: 'text', value: text }] },
      });
    expect((await send('One')).status).toBe(202);
    const { headers, body } = await send('One too many');
    expect(body.error).toBe('message_limit_reached');
    const untilReset = (Date.parse(body.resets_at ?? '') - Date.now()) / 1_000;
    expect(Math.abs(Number(headers.get('retry-after')) - untilReset)).toBeLessThan(30);
  });

  it('an Idempotency-Key says nothing under another API key, also after a rotation', async () => {
    const { key, rest } = await newAgency(run);
    const headers = { 'idempotency-key': randomUUID() };
    const first = await rest.call('POST', '/api/agency/subaccounts', { body: { name: 'First' }, headers });
    const rotated = await rest.ok<{ api_key: string }>('POST', '/api/agency/rotate-key');
    expect(rotated.api_key).not.toBe(key);
    const second = await new Rest(run.api, rotated.api_key).call('POST', '/api/agency/subaccounts', {
      body: { name: 'Second' },
      headers,
    });
    expect(second.body).toMatchObject({ name: 'Second', api_key: expect.any(String) as unknown });
    expect(second.body['id']).not.toBe(first.body['id']);
  });
});
