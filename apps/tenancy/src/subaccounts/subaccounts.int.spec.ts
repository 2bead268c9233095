import {
  hashApiKey,
  keyEntrySchema,
  keys,
  subaccountEntrySchema,
  tenancyCalls as calls,
  buckets,
} from '@claw/contracts';
import { EventStore } from '@claw/event-store';
import { KvBucket } from '@claw/messaging';
import { withEventStore, withNats, withPostgres } from '@claw/testing';
import { RunningTenancy } from '../testing/running-tenancy.fixture';

// Hooks run in the order they are given: what uses the servers ends before them.
afterAll(() => tenancy.stop());
const nats = withNats();
const postgres = withPostgres();
const eventStore = withEventStore();
let tenancy: RunningTenancy;

beforeAll(async () => {
  tenancy = await (await RunningTenancy.start({ nats, postgres, eventStore })).ready();
}, 60_000);

const keyEntry = async (apiKey: string | null) => {
  const bucket = new KvBucket(tenancy.nats, buckets.access.name, keyEntrySchema);
  return (await bucket.get(keys.apiKey(hashApiKey(apiKey ?? ''))))?.value;
};
const subaccountEntry = async (id: string) => {
  const bucket = new KvBucket(tenancy.nats, buckets.access.name, subaccountEntrySchema);
  return (await bucket.get(keys.subaccount(id)))?.value;
};
const provision = (agencyId: string, more: Parameters<RunningTenancy['wish']>[1] = {}) =>
  tenancy.got(calls.provisionSubaccount, tenancy.wish(agencyId, more));

describe('provisioning', () => {
  it('shows one key for 500 racing calls with one external id, and makes one subaccount', async () => {
    const { agencyId } = await tenancy.agency();
    const answers = await Promise.all(
      Array.from({ length: 500 }, (_, index) =>
        provision(agencyId, { externalId: 'same', name: `Sub ${index}` }),
      ),
    );
    const apiKeys = answers.flatMap(({ apiKey }) => apiKey ?? []);
    expect(apiKeys).toHaveLength(1);
    const [id, ...otherIds] = new Set(answers.map(({ subaccount }) => subaccount.subaccountId));
    expect(otherIds).toEqual([]);
    expect(new Set(answers.map(({ subaccount }) => subaccount.name)).size).toBe(1);
    expect(await keyEntry(apiKeys[0] ?? null)).toMatchObject({ subaccountId: id, revoked: false });
    const { data } = await tenancy.got(calls.listSubaccounts, { agencyId, limit: 10 });
    expect(data.map(({ subaccountId }) => subaccountId)).toEqual([id]);
    const store = new EventStore({ url: eventStore.url });
    const events = await store.readStream(`subaccount-${id}`);
    await store.close();
    expect(events.map(({ type }) => type)).toEqual(['SubaccountProvisioned.v1']);
  }, 60_000);

  it('makes a new subaccount for an external id whose subaccount is closed', async () => {
    const { agencyId } = await tenancy.agency();
    const ids: string[] = [];
    for (let life = 1; life <= 4; life += 1) {
      const { subaccount, apiKey } = await provision(agencyId, { externalId: 'again' });
      expect(apiKey).not.toBeNull();
      ids.push(subaccount.subaccountId);
      await tenancy.got(calls.closeSubaccount, { agencyId, subaccountId: subaccount.subaccountId });
    }
    expect(new Set(ids).size).toBe(4);
  });

  it('answers a repeat of an idempotency key with what the first call made, without its key', async () => {
    const { agencyId } = await tenancy.agency();
    const first = await provision(agencyId, { idempotencyKey: 'once' });
    const repeat = await provision(agencyId, { idempotencyKey: 'once' });
    expect(repeat).toEqual({ subaccount: first.subaccount, apiKey: null });
  });

  it('is refused at the cap, but finds what is there, and goes on once one is closed', async () => {
    const { agencyId } = await tenancy.agency();
    const capped = { subaccountCap: 2 };
    const { subaccount } = await provision(agencyId, { ...capped, externalId: 'first' });
    await provision(agencyId, capped);
    const refused = await tenancy.ask(calls.provisionSubaccount, tenancy.wish(agencyId, capped));
    expect(refused).toMatchObject({ ok: false, error: { code: 'subaccount_limit_reached' } });
    const repeat = await provision(agencyId, { ...capped, externalId: 'first' });
    expect(repeat.subaccount.subaccountId).toBe(subaccount.subaccountId);
    await tenancy.got(calls.closeSubaccount, { agencyId, subaccountId: subaccount.subaccountId });
    expect((await provision(agencyId, capped)).apiKey).not.toBeNull();
  });

  it('is refused while the agency is suspended; reading goes on', async () => {
    const { agencyId } = await tenancy.agency();
    const { subaccount } = await provision(agencyId);
    await tenancy.got(calls.suspendAgency, { agencyId, reason: 'payment_failed' });
    const target = { agencyId, subaccountId: subaccount.subaccountId };
    const refusals = [
      await tenancy.ask(calls.provisionSubaccount, tenancy.wish(agencyId)),
      await tenancy.ask(calls.rotateSubaccountKey, target),
      await tenancy.ask(calls.suspendSubaccount, { ...target, reason: 'agency_request' }),
      await tenancy.ask(calls.rotateParentKey, { agencyId }),
    ];
    for (const refusal of refusals) expect(refusal).toMatchObject({ error: { code: 'payment_required' } });
    expect((await tenancy.got(calls.getAgency, { agencyId })).status).toBe('suspended');
    await tenancy.got(calls.getSubaccount, target);
    await tenancy.got(calls.reactivateAgency, { agencyId, reason: 'payment_failed' });
    await provision(agencyId);
  });

  it('refuses an agency that never was', async () => {
    const wish = tenancy.wish('0193a1f0-0000-7000-8000-000000000001');
    expect(await tenancy.ask(calls.provisionSubaccount, wish)).toMatchObject({
      error: { code: 'not_found' },
    });
  });

  it('refuses a name that no store could hold, and writes nothing', async () => {
    const { agencyId } = await tenancy.agency();
    const refused = await tenancy.ask(calls.provisionSubaccount, tenancy.wish(agencyId, { name: 'a\0b' }));
    expect(refused).toMatchObject({ error: { code: 'invalid_request', fields: [{ field: 'name' }] } });
    expect((await tenancy.got(calls.listSubaccounts, { agencyId, limit: 10 })).data).toEqual([]);
  });
});

describe('changing a subaccount', () => {
  it('has the old key marked dead when a rotation answers', async () => {
    const { agencyId } = await tenancy.agency();
    const { subaccount, apiKey } = await provision(agencyId);
    const { subaccountId } = subaccount;
    const rotated = await tenancy.got(calls.rotateSubaccountKey, { agencyId, subaccountId });
    expect(await keyEntry(apiKey)).toMatchObject({ revoked: true });
    expect(await keyEntry(rotated.apiKey)).toMatchObject({ revoked: false, subaccountId });
    expect(await subaccountEntry(subaccountId)).toMatchObject({ keyHash: hashApiKey(rotated.apiKey) });
  });

  it('has the key marked dead when a close answers, keeps the history, and may be repeated', async () => {
    const { agencyId } = await tenancy.agency();
    const { subaccount, apiKey } = await provision(agencyId);
    const target = { agencyId, subaccountId: subaccount.subaccountId };
    await tenancy.got(calls.closeSubaccount, target);
    expect(await keyEntry(apiKey)).toMatchObject({ revoked: true });
    await tenancy.got(calls.closeSubaccount, target);
    expect((await tenancy.got(calls.getSubaccount, target)).status).toBe('closed');
    expect(await tenancy.ask(calls.rotateSubaccountKey, target)).toMatchObject({
      error: { code: 'not_found' },
    });
    const history = await tenancy.got(calls.subaccountHistory, { ...target, limit: 10 });
    expect(history.data.map(({ event }) => event)).toEqual(['SubaccountClosed', 'SubaccountProvisioned']);
  });

  it("does not find another agency's subaccount", async () => {
    const [acme, globex] = [await tenancy.agency(), await tenancy.agency('Globex')];
    const { subaccount } = await provision(acme.agencyId);
    const target = { agencyId: globex.agencyId, subaccountId: subaccount.subaccountId };
    const answers = await Promise.all([
      tenancy.ask(calls.getSubaccount, target),
      tenancy.ask(calls.changeSubaccount, { ...target, name: 'Mine' }),
      tenancy.ask(calls.closeSubaccount, target),
      tenancy.ask(calls.subaccountHistory, { ...target, limit: 10 }),
    ]);
    for (const answer of answers) expect(answer).toMatchObject({ error: { code: 'not_found' } });
  });

  it('takes back only the reason that is named', async () => {
    const { agencyId } = await tenancy.agency();
    const { subaccount } = await provision(agencyId);
    const target = { agencyId, subaccountId: subaccount.subaccountId };
    await tenancy.got(calls.suspendSubaccount, { ...target, reason: 'agency_request' });
    await tenancy.got(calls.suspendSubaccount, { ...target, reason: 'operator' });
    const left = await tenancy.got(calls.reactivateSubaccount, { ...target, reason: 'agency_request' });
    expect(left).toMatchObject({ status: 'suspended', suspensions: ['operator'] });
    expect(await subaccountEntry(subaccount.subaccountId)).toMatchObject({ status: 'suspended' });
  });

  it('records name, email and limit in one go, and tells them in order', async () => {
    const { agencyId, actor } = await tenancy.agency();
    const { subaccount } = await provision(agencyId);
    const target = { agencyId, subaccountId: subaccount.subaccountId };
    const changed = await tenancy.got(
      calls.changeSubaccount,
      { ...target, name: 'New', email: 'a@b.co', messageLimit: 7 },
      actor,
    );
    expect(changed).toMatchObject({ name: 'New', email: 'a@b.co', messageLimit: 7 });
    expect(await tenancy.got(calls.getSubaccount, target)).toEqual(changed);
    const { data } = await tenancy.got(calls.subaccountHistory, { ...target, limit: 10 });
    expect(data.map(({ summary }) => summary)).toEqual([
      'Message limit changed to 7 messages a month.',
      'Name changed to “New”, email changed to a@b.co.',
      expect.stringContaining('provisioned'),
    ]);
    expect(data[0]).toMatchObject({ actor, subaccountId: subaccount.subaccountId });
  });
});

describe('listing subaccounts', () => {
  it('pages newest first without a gap or a repeat', async () => {
    const { agencyId } = await tenancy.agency();
    const made: string[] = [];
    for (let index = 0; index < 7; index += 1) made.push((await provision(agencyId)).subaccount.subaccountId);
    const seen: string[] = [];
    let cursor: string | undefined;
    for (let page = 0; page < 4; page += 1) {
      const got = await tenancy.got(calls.listSubaccounts, { agencyId, limit: 3, ...(cursor && { cursor }) });
      seen.push(...got.data.map(({ subaccountId }) => subaccountId));
      if (got.nextCursor === null) break;
      cursor = got.nextCursor;
    }
    expect(seen).toHaveLength(7);
    expect([...seen].sort()).toEqual([...made].sort());
  });

  it('finds by status, external id and part of a text', async () => {
    const { agencyId } = await tenancy.agency();
    const { subaccount: one } = await provision(agencyId, { externalId: 'x_1', name: 'Alpha %' });
    const { subaccount: two } = await provision(agencyId, { externalId: 'x-2', name: 'Beta' });
    await tenancy.got(calls.closeSubaccount, { agencyId, subaccountId: two.subaccountId });
    const find = async (filter: object) => {
      const { data } = await tenancy.got(calls.listSubaccounts, { agencyId, limit: 10, ...filter });
      return data.map(({ subaccountId }) => subaccountId);
    };
    expect(await find({})).toEqual([one.subaccountId]);
    expect(await find({ status: 'closed' })).toEqual([two.subaccountId]);
    expect(await find({ externalId: 'x_1' })).toEqual([one.subaccountId]);
    expect(await find({ q: 'aLPHA %' })).toEqual([one.subaccountId]);
    expect(await find({ q: '_' })).toEqual([one.subaccountId]);
    expect(await find({ q: 'nobody' })).toEqual([]);
  });

  it('refuses a cursor that it never gave', async () => {
    const { agencyId } = await tenancy.agency();
    const asked = tenancy.ask(calls.listSubaccounts, { agencyId, limit: 3, cursor: 'nonsense' });
    expect(await asked).toMatchObject({ error: { code: 'invalid_request', fields: [{ field: 'cursor' }] } });
  });
});
