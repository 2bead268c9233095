import {
  type Actor,
  type AuditEntry,
  type EventEnvelope,
  eventStreams,
  streams,
  subjects,
  tenancyCalls as calls,
} from '@claw/contracts';
import { EventStore } from '@claw/event-store';
import { newId, systemClock } from '@claw/kernel';
import { type Subaccount, suspendSubaccount } from '@claw/tenancy-domain';
import { eventually, withEventStore, withNats, withPostgres } from '@claw/testing';
import { Client } from 'pg';
import { Aggregates } from '../log/aggregates';
import { RoutingBeside } from '../testing/routing-beside.fixture';
import { RunningTenancy } from '../testing/running-tenancy.fixture';

// Hooks run in the order they are given: what uses the servers ends before them.
afterAll(async () => {
  await tenancy.stop();
  await store.close();
});
const nats = withNats();
const postgres = withPostgres();
const eventStore = withEventStore();
const start = async () => (await RunningTenancy.start({ nats, postgres, eventStore })).ready();
let tenancy: RunningTenancy;
let store: EventStore;
let routing: RoutingBeside;

beforeAll(async () => {
  tenancy = await start();
  store = new EventStore({ url: eventStore.url });
  routing = new RoutingBeside(store, () => tenancy.nats);
}, 60_000);

const holder = async () => {
  const { agencyId, actor } = await tenancy.agency();
  const { subaccount } = await tenancy.got(calls.provisionSubaccount, tenancy.wish(agencyId), actor);
  const { subaccountId } = subaccount;
  const agent: Actor = { kind: 'subaccount', id: subaccountId };
  const route = { agencyId, subaccountId, phoneNumber: routing.number() };
  return { agencyId, subaccountId, actor, agent, route };
};
const claimed = async ({ route, agent }: Awaited<ReturnType<typeof holder>>, requestId = newId()) => {
  const told = await routing.claims(route, { actor: agent, requestId });
  await routing.tells(told);
  return told;
};
const trailOf = async (agencyId: string, after?: string): Promise<readonly AuditEntry[]> =>
  (await tenancy.got(calls.agencyEvents, { agencyId, limit: 200, ...(after && { after }) })).data;
const historyOf = async ({ agencyId, subaccountId }: { agencyId: string; subaccountId: string }) =>
  (await tenancy.got(calls.subaccountHistory, { agencyId, subaccountId, limit: 200 })).data;
const eventsIn = (entries: readonly AuditEntry[]) => entries.map(({ event }) => event);

describe('what happens to phone routes', () => {
  it('is in both trails: what, by whom and on which request, in the order of the log', async () => {
    const sub = await holder();
    const { agencyId, subaccountId, actor, agent, route } = sub;
    await claimed(sub, 'claiming');
    await tenancy.got(calls.suspendSubaccount, { agencyId, subaccountId, reason: 'agency_request' }, actor);
    await routing.tells(await routing.releases(route, 'requested', { actor, requestId: 'releasing' }));
    const expected = [
      { event: 'SubaccountProvisioned', actor },
      {
        event: 'PhoneRouteClaimed',
        summary: `Phone number ${route.phoneNumber} registered.`,
        actor: agent,
        requestId: 'claiming',
        subaccountId,
      },
      { event: 'SubaccountSuspended', actor },
      {
        event: 'PhoneRouteReleased',
        summary: `Phone number ${route.phoneNumber} released.`,
        actor,
        requestId: 'releasing',
        subaccountId,
      },
    ];
    await eventually(async () =>
      expect([...(await historyOf({ agencyId, subaccountId }))].reverse()).toMatchObject(expected),
    );
    await eventually(async () => expect((await trailOf(agencyId)).slice(4)).toMatchObject(expected));
  });

  it('says that a number was released because its subaccount was closed', async () => {
    const { agencyId, subaccountId, actor, route } = await holder();
    const platform: Actor = { kind: 'system', id: 'routing' };
    await tenancy.got(calls.closeSubaccount, { agencyId, subaccountId }, actor);
    await routing.tells(await routing.releases(route, 'holder_closed', { actor: platform }));
    await eventually(async () =>
      expect((await historyOf({ agencyId, subaccountId }))[0]).toMatchObject({
        summary: `Phone number ${route.phoneNumber} released, as its subaccount was closed.`,
        actor: platform,
        requestId: null,
      }),
    );
  });

  it('is one entry however often it is told', async () => {
    const sub = await holder();
    const told = await claimed(sub);
    await routing.tells(told);
    await routing.tells(await routing.releases(sub.route, 'requested', {}));
    await eventually(async () =>
      expect(eventsIn(await historyOf(sub))).toEqual([
        'PhoneRouteReleased',
        'PhoneRouteClaimed',
        'SubaccountProvisioned',
      ]),
    );
  });

  it('is told also where that was published before it said why, by whom and on which request', async () => {
    const sub = await holder();
    await routing.tells(await routing.releasesAsOnce(sub.route));
    await eventually(async () =>
      expect((await historyOf(sub))[0]).toMatchObject({
        summary: `Phone number ${sub.route.phoneNumber} released.`,
        actor: { kind: 'system', id: 'routing' },
        requestId: null,
      }),
    );
  });

  it('while tenancy is down is in the trails once it is back', async () => {
    const sub = await holder();
    await claimed(sub);
    await tenancy.stop();
    const meanwhile = await routing.releases(sub.route, 'requested', { actor: sub.agent });
    tenancy = await start();
    await routing.tells(meanwhile);
    const expected = ['SubaccountProvisioned', 'PhoneRouteClaimed', 'PhoneRouteReleased'];
    await eventually(
      async () => {
        expect(eventsIn(await trailOf(sub.agencyId)).slice(4)).toEqual(expected);
        expect(eventsIn(await historyOf(sub)).reverse()).toEqual(expected);
      },
      { withinMs: 20_000 },
    );
  }, 60_000);

  it('in a version that is not known here goes to the dead letter', async () => {
    const { route } = await holder();
    const told = await routing.claims(route, {});
    try {
      await routing.tells({ ...told, version: 99 });
      const manager = await tenancy.nats.manager();
      await eventually(async () => {
        const dead = await manager.streams.getMessage(streams.dead.name, {
          last_by_subj: subjects.dead(streams.eventsRouting.name),
        });
        expect(dead.json()).toMatchObject({ id: told.id, version: 99 });
      });
    } finally {
      // The trail waits for it until somebody tells it so that it is understood.
      await routing.tells(told);
    }
  });
});

describe("an agency's whole trail", () => {
  it('stops before what routing has not told yet, also over a restart, and goes on with it', async () => {
    const sub = await holder();
    const { agencyId, actor } = sub;
    const late = await routing.claims(sub.route, { actor: sub.agent, requestId: 'late' });
    await tenancy.got(calls.changeHelpText, { agencyId, helpText: 'Call us' }, actor);

    const before = await eventually(async () => {
      const shown = await trailOf(agencyId);
      expect(eventsIn(shown).at(-1)).toBe('SubaccountProvisioned');
      return shown;
    });
    const on = () => trailOf(agencyId, before.at(-1)?.position);
    expect(await on()).toEqual([]);
    await tenancy.stop();
    tenancy = await start();
    expect(await on()).toEqual([]);
    await routing.tells(late);
    await eventually(
      async () => expect(eventsIn(await on())).toEqual(['PhoneRouteClaimed', 'HelpTextChanged']),
      { withinMs: 20_000 },
    );
  }, 60_000);

  it('stops before what tenancy has not written yet, and goes on with it', async () => {
    const sub = await holder();
    const { agencyId, subaccountId } = sub;
    await eventually(async () => expect(await trailOf(agencyId)).toHaveLength(5));
    const sql = new Client({ connectionString: postgres.url, options: '-c search_path=tenancy' });
    await sql.connect();
    try {
      await sql.query('BEGIN');
      await sql.query('LOCK TABLE subaccounts IN EXCLUSIVE MODE');
      // As a handler would that dies right after its append.
      await new Aggregates(store).subaccounts.execute(
        eventStreams.subaccount(subaccountId),
        (subaccount) =>
          suspendSubaccount(subaccount as Subaccount, { reason: 'operator' }, systemClock.now()),
        { actor: sub.actor, requestId: 'died' },
      );
      const { id } = await claimed(sub);
      await eventually(async () => {
        const { rows } = await sql.query('SELECT FROM audit_entries WHERE event_id = $1', [id]);
        expect(rows).toHaveLength(1);
      });
      expect(await trailOf(agencyId)).toHaveLength(5);
    } finally {
      await sql.end();
    }
    await eventually(
      async () =>
        expect(eventsIn(await trailOf(agencyId)).slice(5)).toEqual([
          'SubaccountSuspended',
          'PhoneRouteClaimed',
        ]),
      { withinMs: 10_000 },
    );
  });

  it('goes on without routing, where routing has nothing to tell', async () => {
    const sub = await holder();
    await claimed(sub);
    for (const helpText of ['One', 'Two', 'Three']) {
      await tenancy.got(calls.changeHelpText, { agencyId: sub.agencyId, helpText }, sub.actor);
      await eventually(async () =>
        expect((await trailOf(sub.agencyId)).at(-1)?.summary).toContain(`“${helpText}”`),
      );
    }
  });

  it('misses nothing of two that write at once, though routing tells late and in any order', async () => {
    const sub = await holder();
    const { agencyId, actor } = sub;
    const untold: EventEnvelope[] = [];
    const tellOne = async () => {
      const [told] = untold.splice(Math.floor(Math.random() * untold.length), 1);
      if (told) await routing.tells(told);
    };
    const rounds = 40;
    let writing = true;
    const writers = (async () => {
      for (let round = 0; round < rounds; round += 1) {
        untold.push(await routing.claims({ ...sub.route, phoneNumber: routing.number() }, {}));
        await tenancy.got(calls.changeHelpText, { agencyId, helpText: `Text ${round}` }, actor);
        if (untold.length > 5) await tellOne();
      }
      while (untold.length > 0) await tellOne();
      writing = false;
    })();

    const seen: string[] = [];
    const readOn = async () => {
      const entries = await trailOf(agencyId, seen.at(-1));
      seen.push(...entries.map(({ position }) => position));
    };
    while (writing) await readOn();
    await writers;
    const whole = 5 + 2 * rounds;
    await eventually(async () => {
      await readOn();
      expect(seen.length).toBeGreaterThanOrEqual(whole);
    });
    expect(seen).toHaveLength(whole);
    expect(seen).toEqual((await trailOf(agencyId)).map(({ position }) => position));
  }, 60_000);
});
