import { buckets, hashApiKey, keyEntrySchema, keys, tenancyCalls as calls } from '@claw/contracts';
import { EventLog, EventStore } from '@claw/event-store';
import { KvBucket } from '@claw/messaging';
import { eventually, withEventStore, withNats, withPostgres } from '@claw/testing';
import { Client } from 'pg';
import { AccessBucket } from '../access/access-bucket';
import { tenancyCodec } from '../log/tenancy-codec';
import { accessOf } from '../projection/projected';
import { subaccountRow } from '../tables/rows';
import { RoutingBeside } from '../testing/routing-beside.fixture';
import { RunningTenancy } from '../testing/running-tenancy.fixture';
import { foldLog } from './fold-log';

// Hooks run in the order they are given: what uses the servers ends before them.
afterAll(async () => {
  await sql.end();
  await tenancy.stop();
  await store.close();
});
const nats = withNats();
const postgres = withPostgres();
const eventStore = withEventStore();
let tenancy: RunningTenancy;
let store: EventStore;
let sql: Client;

beforeAll(async () => {
  tenancy = await (await RunningTenancy.start({ nats, postgres, eventStore })).ready();
  store = new EventStore({ url: eventStore.url });
  sql = new Client({ connectionString: postgres.url, options: '-c search_path=tenancy' });
  await sql.connect();
}, 60_000);

const told = () => foldLog(new EventLog(store, tenancyCodec));
const bucketAsItIs = async () => {
  const { bucket } = new AccessBucket(tenancy.nats);
  const entries = await Promise.all((await bucket.keys()).map((key) => bucket.get(key)));
  return Object.fromEntries(entries.flatMap((entry) => (entry ? [[entry.key, entry.value]] : [])));
};
const bucketAsTold = async () => Object.fromEntries((await told()).flatMap(accessOf));
const rowsAsTheyAre = async () =>
  (await sql.query('SELECT * FROM subaccounts ORDER BY subaccount_id')).rows.map(
    (row: { created_at: Date }) => ({
      ...row,
      created_at: row.created_at.toISOString(),
    }),
  );
const rowsAsTold = async () =>
  (await told())
    .flatMap((each) => (each.kind === 'subaccount' ? [subaccountRow(each.state)] : []))
    .sort((one, other) => (one.subaccount_id < other.subaccount_id ? -1 : 1));
const provision = (agencyId: string) => tenancy.got(calls.provisionSubaccount, tenancy.wish(agencyId));

/** Provisions, rotates, suspends and closes until told to stop. */
const traffic = async (agencyId: string, stop: AbortSignal): Promise<number> => {
  let made = 0;
  while (!stop.aborted && made < 1_000) {
    const { subaccountId } = (await provision(agencyId)).subaccount;
    const target = { agencyId, subaccountId };
    await tenancy.got(calls.rotateSubaccountKey, target);
    if (made % 2 === 0) await tenancy.got(calls.suspendSubaccount, { ...target, reason: 'operator' });
    if (made % 3 === 0) await tenancy.got(calls.closeSubaccount, target);
    made += 1;
  }
  return made;
};

/** A phone route that was claimed and released, and is in the trail. */
const routeOf = async (agencyId: string, subaccountId: string) => {
  const routing = new RoutingBeside(store, () => tenancy.nats);
  const route = { agencyId, subaccountId, phoneNumber: routing.number() };
  for (const told of [await routing.claims(route, {}), await routing.releases(route, 'requested', {})]) {
    await routing.tells(told);
  }
  await eventually(async () => expect(await historyOf(agencyId, subaccountId)).toHaveLength(3));
};
const historyOf = async (agencyId: string, subaccountId: string) =>
  (await tenancy.got(calls.subaccountHistory, { agencyId, subaccountId, limit: 10 })).data;

describe('a rebuild under traffic', () => {
  it('of access makes the bucket equal to the log, and refuses no key meanwhile', async () => {
    const { agencyId } = await tenancy.agency();
    const { apiKey, subaccount } = await provision(agencyId);
    const lost = await provision(agencyId);
    const { bucket } = new AccessBucket(tenancy.nats);
    // What a bug, or a person, may have done.
    await bucket.delete(keys.subaccount(lost.subaccount.subaccountId));
    await bucket.put(keys.apiKey('f'.repeat(64)), { kind: 'agency', agencyId, revoked: false, revision: 0 });

    const stop = new AbortController();
    const changes = traffic(agencyId, stop.signal);
    const key = keys.apiKey(hashApiKey(apiKey ?? ''));
    const keyEntries = new KvBucket(tenancy.nats, buckets.access.name, keyEntrySchema);
    const watching = (async () => {
      while (!stop.signal.aborted) {
        expect((await keyEntries.get(key))?.value).toMatchObject({
          revoked: false,
          subaccountId: subaccount.subaccountId,
        });
      }
    })();
    const rebuilt = await tenancy.got(calls.rebuild, { projection: 'access' });
    stop.abort();
    expect(await changes).toBeGreaterThan(0);
    await watching;
    expect(rebuilt.written).toBeGreaterThanOrEqual(1);
    expect(rebuilt.pruned).toBe(1);
    await eventually(async () => expect(await bucketAsItIs()).toEqual(await bucketAsTold()));
    const again = await tenancy.got(calls.rebuild, { projection: 'access' });
    expect(again).toMatchObject({ written: 0, pruned: 0 });
  }, 60_000);

  it('of the tables makes them equal to the log, and is never empty meanwhile', async () => {
    const { agencyId } = await tenancy.agency();
    const [wrong, lost] = [await provision(agencyId), await provision(agencyId)];
    await tenancy.got(calls.agencyEvents, { agencyId, limit: 200 });
    for (const { subaccount } of [wrong, lost]) await routeOf(agencyId, subaccount.subaccountId);
    const [kept, forgotten] = [
      await historyOf(agencyId, wrong.subaccount.subaccountId),
      await historyOf(agencyId, lost.subaccount.subaccountId),
    ];
    await sql.query("UPDATE subaccounts SET name = 'wrong' WHERE subaccount_id = $1", [
      wrong.subaccount.subaccountId,
    ]);
    await sql.query('DELETE FROM subaccounts WHERE subaccount_id = $1', [lost.subaccount.subaccountId]);
    await sql.query('DELETE FROM audit_entries WHERE subaccount_id = $1', [lost.subaccount.subaccountId]);
    await sql.query(
      'INSERT INTO subaccounts SELECT gen_random_uuid(), agency_id, name, email, external_id, message_limit, status, suspensions, key_prefix, sending_number, created_at, revision FROM subaccounts WHERE subaccount_id = $1',
      [wrong.subaccount.subaccountId],
    );

    const stop = new AbortController();
    const changes = traffic(agencyId, stop.signal);
    const watching = (async () => {
      while (!stop.signal.aborted) {
        const { rows } = await sql.query(
          'SELECT count(*)::int AS count FROM subaccounts WHERE agency_id = $1',
          [agencyId],
        );
        expect((rows as { count: number }[])[0]?.count).toBeGreaterThan(0);
      }
    })();
    const rebuilt = await tenancy.got(calls.rebuild, { projection: 'subaccounts' });
    stop.abort();
    await changes;
    await watching;
    expect(rebuilt.written).toBeGreaterThanOrEqual(5);
    expect(rebuilt.pruned).toBe(1);
    await eventually(async () => expect(await rowsAsTheyAre()).toEqual(await rowsAsTold()));
    expect(await historyOf(agencyId, wrong.subaccount.subaccountId)).toEqual(kept);
    expect(await historyOf(agencyId, lost.subaccount.subaccountId)).toEqual(forgotten);
    await eventually(async () => {
      const again = await tenancy.got(calls.rebuild, { projection: 'subaccounts' });
      expect(again).toMatchObject({ written: 0, pruned: 0 });
    });
  }, 60_000);
});
