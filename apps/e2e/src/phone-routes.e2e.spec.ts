import { EventStoreDBClient, FORWARDS, START } from '@eventstore/db-client';
import { connectNats, KvBucket } from '@claw/messaging';
import { buckets, digitsOf, eventStreams, routeEntrySchema, parsePhoneNumber } from '@claw/contracts';
import type { RunFile } from './support/claw';
import { randomPhone } from './support/phones';
import { sharedPlatform } from './support/shared-platform';
import { newAgency, newRoute, newSubaccount, type TestSubaccount } from './support/tenants';

describe('phone routes', () => {
  let run: RunFile;
  beforeAll(async () => {
    run = await sharedPlatform().run();
  });

  it('gives each of 50 numbers one owner under 1,000 claims by 20 subaccounts of 3 agencies, and log, KV and API agree', async () => {
    const agencies = await Promise.all([newAgency(run), newAgency(run), newAgency(run)]);
    const subaccounts = await Promise.all(
      Array.from({ length: 20 }, (_, index) => newSubaccount(run, agencies[index % 3] ?? raise())),
    );
    const numbers = Array.from({ length: 50 }, randomPhone);
    const claims = subaccounts.flatMap((subaccount) => numbers.map((number) => ({ subaccount, number })));
    const answers = await Promise.all(
      shuffled(claims).map(async ({ subaccount, number }) => {
        const { status } = await subaccount.rest.post('/api/routes', { phone_number: number });
        return { subaccount, number, status };
      }),
    );

    const owners = new Map<string, TestSubaccount>();
    for (const { subaccount, number, status } of answers) {
      if (status === 200) {
        expect(owners.has(number)).toBe(false);
        owners.set(number, subaccount);
      } else expect(status).toBe(409);
    }
    expect(owners.size).toBe(50);

    const ownerIds = Object.fromEntries([...owners].map(([number, { id }]) => [number, id]));
    expect(await ownersInLog(run, numbers)).toEqual(ownerIds);
    expect(await ownersInBucket(run, numbers)).toEqual(ownerIds);
    expect(await ownersInApi(subaccounts)).toEqual(ownerIds);
  });

  it('tells an owner who claims again that the number is claimed already', async () => {
    const subaccount = await newSubaccount(run, await newAgency(run));
    const phone = await newRoute(subaccount);
    expect(await subaccount.rest.ok('POST', '/api/phone-routes', { phone_number: phone })).toEqual({
      ok: true,
      phone_number: phone,
      already_claimed: true,
    });
  });

  it('forgives how a number is written', async () => {
    const subaccount = await newSubaccount(run, await newAgency(run));
    const phone = randomPhone();
    const written = `(${phone.slice(2, 5)}) ${phone.slice(5, 8)}-${phone.slice(8)}`;
    expect(await subaccount.rest.ok('POST', '/api/routes', { phone_number: written })).toMatchObject({
      phone_number: phone,
    });
  });

  it("doesn't say whose a taken number is", async () => {
    const phone = await newRoute(await newSubaccount(run, await newAgency(run)));
    const other = await newSubaccount(run, await newAgency(run));
    const answer = await other.rest.post('/api/routes', { phone_number: phone });
    expect(answer.status).toBe(409);
    expect(Object.keys(answer.body).sort()).toEqual([
      'detail',
      'error',
      'request_id',
      'status',
      'title',
      'type',
    ]);
  });

  it('refuses a sending number as a route', async () => {
    const agency = await newAgency(run);
    const subaccount = await newSubaccount(run, agency);
    expect(
      await subaccount.rest.refusal('POST', '/api/routes', { body: { phone_number: agency.sendingNumber } }),
    ).toBe('422 invalid_request');
  });

  it('frees a number by release, and by closing the subaccount that held it', async () => {
    const agency = await newAgency(run);
    const [first, second, third] = await Promise.all([
      newSubaccount(run, agency),
      newSubaccount(run, agency),
      newSubaccount(run, agency),
    ]);
    const phone = await newRoute(first);
    await first.rest.ok('DELETE', `/api/routes/${encodeURIComponent(phone)}`);
    await newRoute(second, phone);
    await agency.rest.ok('DELETE', `/api/agency/subaccounts/${second.id}`);
    await newRoute(third, phone);
    expect(await ownersInApi([third])).toEqual({ [phone]: third.id });
  });

  it('answers a bulk claim with a row each, in order', async () => {
    const agency = await newAgency(run);
    const subaccount = await newSubaccount(run, agency);
    const taken = await newRoute(await newSubaccount(run, agency));
    const [free, own] = [randomPhone(), await newRoute(subaccount)];
    const { data } = await agency.rest.ok<{ data: Record<string, unknown>[] }>(
      'POST',
      `/api/agency/subaccounts/${subaccount.id}/phone-routes`,
      { phone_numbers: [free, 'not a number', taken, own] },
    );
    expect(
      data.map(({ phone_number, ok, already_claimed, error }) => ({
        phone_number,
        ok,
        already_claimed,
        error,
      })),
    ).toEqual([
      { phone_number: free, ok: true, already_claimed: false },
      { phone_number: 'not a number', ok: false, error: 'invalid_request' },
      { phone_number: taken, ok: false, error: 'phone_already_registered' },
      { phone_number: own, ok: true, already_claimed: true },
    ]);
  });

  it('counts the routes of a subaccount in its details', async () => {
    const agency = await newAgency(run);
    const subaccount = await newSubaccount(run, agency);
    await newRoute(subaccount);
    await newRoute(subaccount);
    expect(await agency.rest.ok('GET', `/api/agency/subaccounts/${subaccount.id}`)).toMatchObject({
      routes: 2,
    });
  });
});

const raise = (): never => {
  throw new Error('there is no such agency');
};

const shuffled = <T>(items: readonly T[]): T[] =>
  items
    .map((item) => ({ item, place: Math.random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item);

const digits = (number: string) => digitsOf(parsePhoneNumber(number) ?? raise());

/** Who holds each number by the log: the last claim, and exactly one. */
const ownersInLog = async (run: RunFile, numbers: readonly string[]): Promise<Record<string, string>> => {
  const client = EventStoreDBClient.connectionString(run.eventstore);
  try {
    const owners: Record<string, string> = {};
    for (const number of numbers) {
      const claims: string[] = [];
      const stream = client.readStream(eventStreams.phone(digits(number)), {
        direction: FORWARDS,
        fromRevision: START,
      });
      for await (const { event } of stream) {
        if (event?.type.startsWith('PhoneRouteClaimed') === true) {
          claims.push((event.data as { subaccountId: string }).subaccountId);
        }
      }
      expect(claims).toHaveLength(1);
      owners[number] = claims[0] ?? '';
    }
    return owners;
  } finally {
    await client.dispose();
  }
};

const ownersInBucket = async (run: RunFile, numbers: readonly string[]): Promise<Record<string, string>> => {
  const nats = connectNats({ url: run.nats, name: 'e2e' });
  try {
    await nats.up(5_000);
    const bucket = new KvBucket(nats, buckets.routes.name, routeEntrySchema);
    const owners: Record<string, string> = {};
    for (const number of numbers) {
      const entry = await bucket.get(digits(number));
      if (entry?.value.released === false) owners[number] = entry.value.subaccountId;
    }
    return owners;
  } finally {
    await nats.close();
  }
};

const ownersInApi = async (subaccounts: readonly TestSubaccount[]): Promise<Record<string, string>> => {
  const owners: Record<string, string> = {};
  for (const { id, rest } of subaccounts) {
    const { data } = await rest.ok<{ data: { phone_number: string }[] }>('GET', '/api/routes?limit=200');
    for (const { phone_number } of data) owners[phone_number] = id;
  }
  return owners;
};
