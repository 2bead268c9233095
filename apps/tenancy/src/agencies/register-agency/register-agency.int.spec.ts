import { randomInt } from 'node:crypto';
import { buckets, digitsOf, e164Schema, routeEntrySchema, tenancyCalls as calls } from '@claw/contracts';
import { newId, systemClock } from '@claw/kernel';
import { KvBucket } from '@claw/messaging';
import { withEventStore, withNats, withPostgres } from '@claw/testing';
import { RunningTenancy } from '../../testing/running-tenancy.fixture';

// Hooks run in the order they are given: what uses the servers ends before them.
afterAll(() => tenancy.stop());
const nats = withNats();
const postgres = withPostgres();
const eventStore = withEventStore();
let tenancy: RunningTenancy;
beforeAll(async () => {
  tenancy = await (await RunningTenancy.start({ nats, postgres, eventStore })).ready();
}, 60_000);

describe('registering an agency', () => {
  it('gives it no number at which an end customer is reached, though it is in the pool', async () => {
    const phone = e164Schema.parse(`+1558${randomInt(1_000_000, 9_999_999)}`);
    const route = {
      subaccountId: newId(),
      agencyId: newId(),
      claimedAt: systemClock.now(),
      claimRevision: 0,
      released: false,
      revision: 0,
    };
    await new KvBucket(tenancy.nats, buckets.routes.name, routeEntrySchema).put(digitsOf(phone), route);
    await tenancy.got(calls.addSendingNumbers, { phoneNumbers: [phone] });
    const wish = { name: 'Acme', email: 'founder@acme.com' };
    expect(await tenancy.ask(calls.registerAgency, wish)).toMatchObject({
      ok: false,
      error: { code: 'no_sending_number' },
    });
    expect((await tenancy.agency()).sendingNumber).not.toBe(phone);
  });
});
