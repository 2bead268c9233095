import { eventually } from '@claw/testing';
import { clawOk } from './support/claw';
import { randomPhone } from './support/phones';
import { Platform } from './support/platform';
import type { Rest } from './support/rest';
import { newAgency, newSubaccount } from './support/tenants';

interface Entry {
  readonly event: string;
  readonly summary: string;
  readonly actor: { readonly kind: string; readonly id: string };
  readonly subaccount_id: string | null;
  readonly request_id: string | null;
}

const bound = 180_000;

/** A platform of its own, as tenancy is taken away from it. */
describe('the audit trails', () => {
  let platform: Platform;
  beforeAll(async () => {
    platform = await Platform.start();
  }, bound);
  afterAll(() => platform.dispose(), bound);

  /** The id of the request that changed something. */
  const changed = async (
    rest: Rest,
    method: string,
    path: string,
    body?: unknown,
  ): Promise<string | null> => {
    const { status, headers } = await rest.call(method, path, { body });
    expect(status).toBeLessThan(300);
    return headers.get('x-request-id');
  };
  const route = (phone: string) => `/api/routes/${encodeURIComponent(phone)}`;
  const entriesAt = async (rest: Rest, path: string): Promise<Entry[]> =>
    (await rest.ok<{ data: Entry[] }>('GET', path)).data;

  it(
    'tell of claims and releases in order, by whom and on which request, also those while tenancy was down',
    async () => {
      const run = await platform.run();
      const agency = await newAgency(run);
      const subaccount = await newSubaccount(run, agency);
      const [first, second, third] = [randomPhone(), randomPhone(), randomPhone()];
      const byAgent = { actor: { kind: 'subaccount', id: subaccount.id }, subaccount_id: subaccount.id };
      const byAgency = { actor: { kind: 'agency', id: agency.id }, subaccount_id: subaccount.id };
      const byPlatform = { actor: { kind: 'system', id: 'routing' }, subaccount_id: subaccount.id };
      const registered = (phone: string) => `Phone number ${phone} registered.`;

      const ofAgency = `/api/agency/subaccounts/${subaccount.id}`;
      const claiming = await changed(subaccount.rest, 'POST', '/api/routes', { phone_number: first });
      const giving = await changed(agency.rest, 'POST', `${ofAgency}/phone-routes`, { phone_number: second });
      const bringBack = await platform.keepDown(['tenancy']);
      const releasing = await changed(subaccount.rest, 'DELETE', route(first));
      const claimingDown = await changed(subaccount.rest, 'POST', '/api/routes', { phone_number: third });
      await bringBack();
      const closing = await changed(agency.rest, 'DELETE', ofAgency);

      const told = [
        { event: 'SubaccountProvisioned', ...byAgency },
        { summary: registered(first), ...byAgent, request_id: claiming },
        { summary: registered(second), ...byAgency, request_id: giving },
        { summary: `Phone number ${first} released.`, ...byAgent, request_id: releasing },
        { summary: registered(third), ...byAgent, request_id: claimingDown },
        { event: 'SubaccountClosed', ...byAgency, request_id: closing },
        ...[1, 2].map(() => ({ event: 'PhoneRouteReleased', ...byPlatform, request_id: closing })),
      ];
      const history = async () =>
        [...(await entriesAt(agency.rest, `${ofAgency}/history?limit=50`))].reverse();
      const trail = () => entriesAt(agency.rest, '/api/agency/events');
      const settled = await eventually(
        async () => {
          const both = [await history(), await trail()] as const;
          expect(both[0]).toMatchObject(told);
          expect(both[1].slice(-told.length)).toEqual(both[0]);
          return both;
        },
        { withinMs: 30_000, everyMs: 200 },
      );
      const released = settled[0].slice(-2).map(({ summary }) => summary);
      expect(released.sort()).toEqual(
        [second, third]
          .sort()
          .map((phone) => `Phone number ${phone} released, as its subaccount was closed.`),
      );

      await clawOk(['rebuild', 'subaccounts', '--data', platform.dataDir]);
      expect([await history(), await trail()]).toEqual(settled);
    },
    bound,
  );
});
