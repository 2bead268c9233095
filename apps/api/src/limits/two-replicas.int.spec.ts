import { randomBytes, randomUUID } from 'node:crypto';
import {
  type AgencyEntry,
  agencyEntrySchema,
  buckets,
  hashApiKey,
  keyEntrySchema,
  keys,
  type Problem,
  type VolumeLimits,
} from '@claw/contracts';
import { connectNats, ensureTopology, KvBucket, type NatsLink } from '@claw/messaging';
import { withNats } from '@claw/testing';
import { type RunningApi, startApi } from '../testing/running-api.fixture';

/** Nobody is behind them: what they let through is answered 503, and counted. */
describe('two replicas of api', () => {
  const nats = withNats();
  let link: NatsLink;
  let apis: RunningApi[];

  beforeAll(async () => {
    link = connectNats({ url: nats.url, name: 'test' });
    const { access, rates, idempotency } = buckets;
    await ensureTopology(link, { streams: [], buckets: [access, rates, idempotency], replicas: 1 });
    apis = await Promise.all([startApi(nats.url, 'api-1'), startApi(nats.url, 'api-2')]);
  });
  afterAll(async () => {
    await Promise.all(apis.map((api) => api.stop()));
    await link.close(1_000);
  });

  const newAgency = async (limits: Partial<VolumeLimits> = {}) => {
    const agencyId = randomUUID();
    const key = `cm_live_${randomBytes(4).toString('hex')}_${randomBytes(20).toString('hex')}`;
    const keyHash = hashApiKey(key);
    const access = new KvBucket(link, buckets.access.name, agencyEntrySchema);
    const entry: AgencyEntry = {
      status: 'active',
      suspensions: [],
      sendingNumber: null,
      keyHash,
      helpText: null,
      limits,
      revision: 1,
    };
    const write = (more: Partial<VolumeLimits>) =>
      access.put(keys.agency(agencyId), { ...entry, limits: more });
    await write(limits);
    await new KvBucket(link, buckets.access.name, keyEntrySchema).put(keys.apiKey(keyHash), {
      kind: 'agency',
      agencyId,
      revoked: false,
      revision: 1,
    });
    let turn = 0;
    /** One replica after the other. */
    const call = async (method: string, path: string, body?: unknown) => {
      const response = await fetch(`${apis[turn++ % 2]?.url}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${key}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const problem = (await response.json()) as Problem;
      return { status: response.status, headers: response.headers, problem };
    };
    return { call, limit: write };
  };

  const read = 'subaccounts?limit=1';
  const claim = `/api/agency/subaccounts/${randomUUID()}/phone-routes`;

  it('let no more calls through than the limit together, and hardly fewer', async () => {
    const { call } = await newAgency();
    const answers = [];
    for (let wave = 0; wave < 20; wave += 1) {
      const calls = Array.from({ length: 40 }, () => call('GET', `/api/agency/${read}`));
      answers.push(...(await Promise.all(calls)));
    }
    const through = answers.filter(({ status }) => status !== 429).length;
    expect(through).toBeLessThanOrEqual(600);
    expect(through).toBeGreaterThanOrEqual(540);
  });

  it('say on each answer that counted what is left, and on a refusal when to go on', async () => {
    const { call } = await newAgency({ requestsPerMinute: 2 });
    const counted = await call('GET', `/api/agency/${read}`);
    expect(counted.headers.get('ratelimit-policy')).toBe('"requests";q=2;w=60');
    expect(counted.headers.get('ratelimit')).toBe('"requests";r=1;t=60');
    await call('GET', `/api/agency/${read}`);
    const refused = await call('GET', `/api/agency/${read}`);
    expect(refused.problem).toMatchObject({ status: 429, error: 'rate_limited' });
    const [, resetSeconds] = /^"requests";r=0;t=(\d+)$/.exec(refused.headers.get('ratelimit') ?? '') ?? [];
    expect(Number(resetSeconds)).toBeGreaterThan(30);
    expect(refused.headers.get('retry-after')).toBe(resetSeconds);
  });

  it('count a bulk claim by its rows, and refuse for good one that can never fit', async () => {
    const { call } = await newAgency({ claimsPerMinute: 10 });
    const phone_numbers = Array.from({ length: 6 }, (_, index) => `+1212555010${index}`);
    const first = await call('POST', claim, { phone_numbers });
    expect(first.headers.get('ratelimit')).toMatch(/^"claims";r=4;/);
    expect(await call('POST', claim, { phone_numbers })).toMatchObject({ status: 429 });
    const never = await call('POST', claim, { phone_numbers: [...phone_numbers, ...phone_numbers] });
    expect(never.status).toBe(429);
    expect(never.headers.get('retry-after')).toBeNull();
    const [, ...four] = phone_numbers;
    expect((await call('POST', claim, { phone_numbers: four.slice(1) })).status).not.toBe(429);
  });

  it('heed an override of the limit from the next call on', async () => {
    const { call, limit } = await newAgency({ requestsPerMinute: 1 });
    await call('GET', `/api/agency/${read}`);
    expect((await call('GET', `/api/agency/${read}`)).status).toBe(429);
    await limit({ requestsPerMinute: 2 });
    expect((await call('GET', `/api/agency/${read}`)).status).toBe(503);
    expect((await call('GET', `/api/agency/${read}`)).status).toBe(429);
  });
});
