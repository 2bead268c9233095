import { buckets, digitsOf, hashApiKey, keys, parsePhoneNumber } from '@claw/contracts';
import { connectNats, KvBucket, type NatsLink } from '@claw/messaging';
import { z } from 'zod';
import { Agent } from './support/agent';
import { clawOk, type RunFile } from './support/claw';
import { randomPhone } from './support/phones';
import { Platform } from './support/platform';
import { newAgency, newRoute, newSubaccount } from './support/tenants';

const bound = 120_000;

describe('a rebuild under traffic', () => {
  let platform: Platform;
  let run: RunFile;
  let nats: NatsLink;
  beforeAll(async () => {
    platform = await Platform.start('--limits', 'relaxed');
    run = await platform.run();
    nats = connectNats({ url: run.nats, name: 'e2e' });
    await nats.up(5_000);
  }, bound);
  afterAll(async () => {
    await nats.close();
    await platform.dispose();
  }, bound);

  const bucket = (name: string) => new KvBucket(nats, name, z.record(z.string(), z.unknown()));

  /** Everything in a bucket, by key. */
  const contents = async (name: string): Promise<Record<string, unknown>> => {
    const all: Record<string, unknown> = {};
    for (const key of await bucket(name).keys()) all[key] = (await bucket(name).get(key))?.value;
    return all;
  };

  const rebuild = async (projection: string) =>
    JSON.parse(await clawOk(['rebuild', projection, '--data', platform.dataDir])) as Record<string, number>;

  /** A tenant that has lived: rotated, suspended and back, changed, with routes claimed and released. */
  const livedTenant = async () => {
    const agency = await newAgency(run);
    const subaccount = await newSubaccount(run, agency, { message_limit: 77_777 });
    const [kept, released] = [await newRoute(subaccount), await newRoute(subaccount)];
    await subaccount.rest.ok('DELETE', `/api/routes/${encodeURIComponent(released)}`);
    const gone = await newSubaccount(run, agency);
    await newRoute(gone);
    await agency.rest.ok('DELETE', `/api/agency/subaccounts/${gone.id}`);
    const rotated = await newSubaccount(run, agency);
    await agency.rest.ok('POST', `/api/agency/subaccounts/${rotated.id}/rotate-key`);
    await agency.rest.ok('POST', `/api/agency/subaccounts/${rotated.id}/suspend`);
    return { agency, subaccount, kept, released };
  };

  it.each(['access', 'routes'] as const)(
    'of %s ends as live updates had it, mends what was broken, and refuses nobody meanwhile',
    async (projection) => {
      const tenant = await livedTenant();
      const agent = await Agent.connect(run.socket, tenant.subaccount.key);
      const before = await contents(buckets[projection].name);

      // Damage: one entry lost, one that the log doesn't know.
      const other = await newSubaccount(run, tenant.agency);
      const lostPhone = await newRoute(other);
      const lost =
        projection === 'access'
          ? keys.apiKey(hashApiKey(other.key))
          : digitsOf(parsePhoneNumber(lostPhone) ?? raise());
      const lostValue = (await bucket(buckets[projection].name).get(lost))?.value;
      await bucket(buckets[projection].name).delete(lost);
      const stray = projection === 'access' ? keys.apiKey('0'.repeat(64)) : '19995550000';
      await bucket(buckets[projection].name).put(stray, strayValue(projection));

      let over = false;
      const traffic = (async () => {
        const refused: unknown[] = [];
        for (let index = 0; !over && index < 5_000; index += 1) {
          const me = await tenant.subaccount.rest.get('/api/me');
          const sent = await agent.text(`${projection}-${index}`, tenant.kept, `text ${index}`);
          const claimed = await tenant.subaccount.rest.post('/api/routes', { phone_number: randomPhone() });
          if (me.status !== 200 || sent['ok'] !== true || claimed.status !== 200) {
            refused.push({ me: me.status, sent, claimed: claimed.status });
          }
        }
        return refused;
      })();
      const first = await rebuild(projection);
      const second = await rebuild(projection);
      over = true;

      expect(await traffic).toEqual([]);
      expect(first['pruned']).toBe(1);
      expect(second['pruned']).toBe(0);
      const after = await contents(buckets[projection].name);
      expect(after[lost]).toEqual(lostValue);
      expect(after[stray]).toBeUndefined();
      expect(Object.fromEntries(Object.keys(before).map((key) => [key, after[key]]))).toEqual(before);
      await agent.close();
    },
    bound,
  );

  it(
    'of the subaccounts table leaves every list as it was',
    async () => {
      const { agency } = await livedTenant();
      const lists = () =>
        Promise.all(
          ['', '?status=closed', '?status=suspended'].map((query) =>
            agency.rest.ok('GET', `/api/agency/subaccounts${query}`),
          ),
        );
      const before = await lists();
      await rebuild('subaccounts');
      expect(await lists()).toEqual(before);
    },
    bound,
  );

  it(
    'of the quota counts the month anew from the accepted messages',
    async () => {
      const { subaccount, kept } = await livedTenant();
      const agent = await Agent.connect(run.socket, subaccount.key);
      for (const id of ['1', '2', '3']) await agent.text(id, kept, `text ${id}`);
      await rebuild('quota');
      expect(await subaccount.rest.ok('GET', '/api/me')).toMatchObject({ used: 3 });
      await agent.close();
    },
    bound,
  );
});

const raise = (): never => {
  throw new Error('not a phone number');
};

const strayValue = (projection: 'access' | 'routes'): Record<string, unknown> =>
  projection === 'access'
    ? { kind: 'agency', agencyId: '00000000-0000-4000-8000-000000000000', revoked: false, revision: 0 }
    : {
        subaccountId: '00000000-0000-4000-8000-000000000000',
        agencyId: '00000000-0000-4000-8000-000000000000',
        claimedAt: '2026-01-01T00:00:00.000Z',
        claimRevision: 0,
        released: false,
        revision: 0,
      };
