import { randomName } from '@claw/testing';
import type { RunFile } from './claw';
import { randomPhone } from './phones';
import { Rest } from './rest';

export interface TestAgency {
  readonly id: string;
  readonly key: string;
  readonly sendingNumber: string;
  readonly rest: Rest;
}

export interface TestSubaccount {
  readonly id: string;
  readonly key: string;
  readonly rest: Rest;
}

/** An agency of the test's own. */
export const newAgency = async (run: RunFile): Promise<TestAgency> => {
  const name = randomName('agency');
  const operator = new Rest(run.api, run.operator_token);
  const made = await operator.ok<{ agency_id: string; api_key: string; sending_number: string }>(
    'POST',
    '/api/operator/agencies',
    { name, email: `${name}@example.com` },
  );
  return {
    id: made.agency_id,
    key: made.api_key,
    sendingNumber: made.sending_number,
    rest: new Rest(run.api, made.api_key),
  };
};

/** A subaccount of an agency, with whatever of the body is given. */
export const newSubaccount = async (
  run: RunFile,
  agency: TestAgency,
  body: Record<string, unknown> = {},
): Promise<TestSubaccount> => {
  const made = await agency.rest.ok<{ id: string; api_key: string }>('POST', '/api/agency/subaccounts', {
    name: randomName('subaccount'),
    ...body,
  });
  return { id: made.id, key: made.api_key, rest: new Rest(run.api, made.api_key) };
};

/** Registers a number, a new one where none is given, for a subaccount. */
export const newRoute = async (subaccount: TestSubaccount, phone = randomPhone()): Promise<string> => {
  await subaccount.rest.ok('POST', '/api/routes', { phone_number: phone });
  return phone;
};
