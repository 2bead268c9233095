import { randomName } from '@claw/testing';
import type { RunFile } from './support/claw';
import { sharedPlatform } from './support/shared-platform';
import { newAgency } from './support/tenants';

interface Provisioned {
  readonly id: string;
  readonly api_key?: string;
  readonly external_id: string | null;
}

describe('provisioning', () => {
  let run: RunFile;
  beforeAll(async () => {
    run = await sharedPlatform().run();
  });

  it('makes one subaccount and one key of 500 concurrent calls with the same external_id', async () => {
    const agency = await newAgency(run);
    const body = { name: 'Acme Co', external_id: randomName('customer') };
    const answers = await Promise.all(
      Array.from({ length: 500 }, () => agency.rest.post<Provisioned>('/api/agency/subaccounts', body)),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(new Set(answers.map((answer) => answer.body.id)).size).toBe(1);
    expect(answers.filter((answer) => answer.body.api_key !== undefined)).toHaveLength(1);

    const { data } = await agency.rest.ok<{ data: Provisioned[] }>(
      'GET',
      `/api/agency/subaccounts?external_id=${body.external_id}`,
    );
    expect(data).toHaveLength(1);
  });

  it("answers with exactly the mission page's fields, and null for what was not given", async () => {
    const agency = await newAgency(run);
    const answer = await agency.rest.post('/api/agency/subaccounts', { name: 'Acme Co' });
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      api_key: expect.stringMatching(/^cm_live_[A-Za-z0-9]{8}_[A-Za-z0-9]{32,}$/),
      key_prefix: expect.stringMatching(/^cm_live_[A-Za-z0-9]{8}$/),
      sending_number: agency.sendingNumber,
      status: 'active',
      message_limit: 1000,
      name: 'Acme Co',
      email: null,
      external_id: null,
    });
  });

  it('returns the existing subaccount as it is, without a key, when external_id is repeated', async () => {
    const agency = await newAgency(run);
    const external_id = randomName('customer');
    const first = await agency.rest.ok<Provisioned>('POST', '/api/agency/subaccounts', {
      name: 'Acme Co',
      external_id,
    });
    const again = await agency.rest.ok('POST', '/api/agency/subaccounts', { name: 'Other', external_id });
    const { api_key: _shownOnce, ...existing } = first;
    expect(again).toEqual(existing);
  });

  it('makes a new subaccount for the external_id of a closed one', async () => {
    const agency = await newAgency(run);
    const body = { name: 'Acme Co', external_id: randomName('customer') };
    const first = await agency.rest.ok<Provisioned>('POST', '/api/agency/subaccounts', body);
    await agency.rest.ok('DELETE', `/api/agency/subaccounts/${first.id}`);
    const second = await agency.rest.ok<Provisioned>('POST', '/api/agency/subaccounts', body);
    expect(second.id).not.toBe(first.id);
    expect(second.api_key).toBeDefined();
  });

  it('gives the first answer again, without the key, for a repeated Idempotency-Key', async () => {
    const agency = await newAgency(run);
    const headers = { 'idempotency-key': randomName('try') };
    const call = (name: string) =>
      agency.rest.call<Provisioned>('POST', '/api/agency/subaccounts', { body: { name }, headers });
    const first = await call('Acme Co');
    const again = await call('Acme Co');
    expect(again.status).toBe(200);
    expect(again.body).toEqual({ ...first.body, api_key: undefined });
    expect((await call('Other')).status).toBe(409);
  });

  it('shows a new subaccount in the list, newest first, page by page', async () => {
    const agency = await newAgency(run);
    const ids: string[] = [];
    for (const name of ['one', 'two', 'three']) {
      ids.unshift((await agency.rest.ok<Provisioned>('POST', '/api/agency/subaccounts', { name })).id);
    }
    const first = await agency.rest.ok<{ data: Provisioned[]; next_cursor: string }>(
      'GET',
      '/api/agency/subaccounts?limit=2',
    );
    const second = await agency.rest.ok<{ data: Provisioned[]; next_cursor: string | null }>(
      'GET',
      `/api/agency/subaccounts?limit=2&cursor=${encodeURIComponent(first.next_cursor)}`,
    );
    expect([...first.data, ...second.data].map(({ id }) => id)).toEqual(ids);
    expect(second.next_cursor).toBeNull();
  });

  it.each([
    ['no name', {}, 'name'],
    ['an empty name', { name: ' ' }, 'name'],
    ['a name of 201 characters', { name: 'x'.repeat(201) }, 'name'],
    ['a name that is a number', { name: 7 }, 'name'],
    ['an email that is none', { name: 'Acme', email: 'founder' }, 'email'],
    ['a message limit of 0', { name: 'Acme', message_limit: 0 }, 'message_limit'],
    ['a message limit over a million', { name: 'Acme', message_limit: 1_000_001 }, 'message_limit'],
    ['a message limit with a fraction', { name: 'Acme', message_limit: 1.5 }, 'message_limit'],
    ['an external_id of 256 characters', { name: 'Acme', external_id: 'x'.repeat(256) }, 'external_id'],
  ])('refuses %s and writes nothing', async (_what, body, field) => {
    const agency = await newAgency(run);
    const answer = await agency.rest.post<{ error: string; errors: { field: string }[] }>(
      '/api/agency/subaccounts',
      body,
    );
    expect(answer.status).toBe(422);
    expect(answer.body.error).toBe('invalid_request');
    expect(answer.body.errors.map((error) => error.field)).toEqual([field]);
    const { data } = await agency.rest.ok<{ data: unknown[] }>('GET', '/api/agency/subaccounts');
    expect(data).toEqual([]);
  });

  it.each([
    ['what is not JSON', '{"name":', '400 malformed_json'],
    ['an array', '[]', '422 invalid_request'],
    ['a body over 256 KiB', JSON.stringify({ name: 'x'.repeat(300_000) }), '413 body_too_large'],
    ['50,000 levels of nesting', `${'['.repeat(50_000)}${']'.repeat(50_000)}`, '422 invalid_request'],
  ])('refuses %s', async (_what, body, refusal) => {
    const agency = await newAgency(run);
    expect(await agency.rest.refusal('POST', '/api/agency/subaccounts', { body })).toBe(refusal);
  });
});
