import { randomUUID } from 'node:crypto';
import {
  type ClaimOutcome,
  digitsOf,
  type EventEnvelope,
  eventEnvelopeSchema,
  type PhoneNumber,
  routingCalls,
  streams,
  subjects,
} from '@claw/contracts';
import { EventLog, EventStore } from '@claw/event-store';
import { JetStreamPublisher, KvBucket, ServiceClient } from '@claw/messaging';
import { eventually } from '@claw/testing';
import { ownerAt, type PhoneRouteEvent } from '@claw/routing-domain';
import { z } from 'zod';
import { phoneRouteCodec } from './phone-routes/phone-route.codec';
import { RouteDirectory } from './phone-routes/route-directory';
import { RoutingWorld, system, value } from './testing/routing-world.fixture';
import { randomNumber, type TestSubaccount } from './testing/tenants.fixture';

const numbers = (count: number): PhoneNumber[] => Array.from({ length: count }, randomNumber);
const summary = (outcomes: readonly ClaimOutcome[]) =>
  outcomes.map((outcome) => (outcome.ok ? (outcome.alreadyClaimed ? 'again' : 'claimed') : outcome.code));

describe('phone routes', () => {
  const world = new RoutingWorld();
  let store: EventStore;
  let calls: ServiceClient;
  beforeAll(async () => {
    await world.open();
    await world.startApp();
    store = new EventStore({ url: world.eventStore.url });
    calls = new ServiceClient(world.link);
  }, 60_000);
  afterAll(async () => {
    await store?.close();
    await world.close();
  }, 60_000);

  const listed = async ({ agencyId, subaccountId }: TestSubaccount): Promise<PhoneNumber[]> => {
    const all: PhoneNumber[] = [];
    for (let cursor: string | null | undefined; cursor !== null;) {
      const page = value(
        await calls.call(
          routingCalls.listRoutes,
          { agencyId, subaccountId, limit: 7, ...(cursor !== undefined && { cursor }) },
          system,
        ),
      );
      all.push(...page.data.map((route) => route.phoneNumber));
      cursor = page.nextCursor;
    }
    return all;
  };
  const entryOf = (number: PhoneNumber) => new RouteDirectory(world.link).get(digitsOf(number));
  const release = ({ agencyId, subaccountId }: TestSubaccount, phoneNumber: PhoneNumber) =>
    calls.call(routingCalls.releaseRoute, { agencyId, subaccountId, phoneNumber }, system);
  /** The first public events of a number, in order; waits for them. */
  const published = async (number: PhoneNumber, count: number): Promise<readonly EventEnvelope[]> => {
    const consumer = await world.link.now().jetStream.consumers.get(streams.eventsRouting.name, {
      filterSubjects: `events.routing.${digitsOf(number)}.>`,
    });
    const messages = await consumer.fetch({ max_messages: count, expires: 10_000 });
    const events: EventEnvelope[] = [];
    for await (const message of messages) events.push(eventEnvelopeSchema.parse(message.json()));
    return events;
  };
  const ownersInLog = async (wanted: ReadonlySet<string>): Promise<Map<string, string | undefined>> => {
    const histories = new Map<string, PhoneRouteEvent[]>();
    for await (const { event } of new EventLog(store, phoneRouteCodec).readAll({ prefixes: ['phone-'] })) {
      const { phoneNumber } = event.data;
      if (wanted.has(phoneNumber)) histories.set(phoneNumber, [...(histories.get(phoneNumber) ?? []), event]);
    }
    const end = '9999-01-01T00:00:00.000Z' as never;
    return new Map([...histories].map(([number, history]) => [number, ownerAt(history, end)?.subaccountId]));
  };

  it('have exactly one owner after 1,000 racing claims of 50 numbers by 20 subaccounts of 3 agencies', async () => {
    const agencies = await Promise.all(Array.from({ length: 3 }, () => world.tenants.agency()));
    const claimants = await Promise.all(
      Array.from({ length: 20 }, (_, index) => world.tenants.subaccount(agencies[index % 3])),
    );
    const wanted = numbers(50);
    const claims = claimants.flatMap((claimant) => wanted.map((number) => ({ claimant, number })));
    const outcomes = await Promise.all(
      claims
        .sort(() => Math.random() - 0.5)
        .map(async ({ claimant, number }) => ({
          claimant,
          number,
          outcome: summary(await world.claim(claimant, [number]))[0],
        })),
    );

    expect(outcomes.filter(({ outcome }) => outcome === 'claimed')).toHaveLength(50);
    expect(outcomes.filter(({ outcome }) => outcome === 'phone_already_registered')).toHaveLength(950);
    const inAnswers = new Map(
      outcomes
        .filter(({ outcome }) => outcome === 'claimed')
        .map(({ claimant, number }) => [number as string, claimant.subaccountId]),
    );
    expect(await ownersInLog(new Set(wanted))).toEqual(inAnswers);
    const inBucket = await Promise.all(
      wanted.map(async (number) => [number as string, (await entryOf(number))?.subaccountId] as const),
    );
    expect(new Map(inBucket)).toEqual(inAnswers);
    const inTable = await Promise.all(
      claimants.map(async (claimant) =>
        (await listed(claimant)).map((number) => [number as string, claimant.subaccountId] as const),
      ),
    );
    expect(new Map(inTable.flat())).toEqual(inAnswers);
    expect(inTable.flat()).toHaveLength(50);
  }, 60_000);

  it('are visible in every projection by the time the claim is answered', async () => {
    const subaccount = await world.tenants.subaccount();
    const [number] = numbers(1) as [PhoneNumber];
    expect(summary(await world.claim(subaccount, [number]))).toEqual(['claimed']);
    expect(await entryOf(number)).toMatchObject({
      ...subaccountOf(subaccount),
      released: false,
      claimRevision: 0,
    });
    expect(await listed(subaccount)).toEqual([number]);
    expect(summary(await world.claim(subaccount, [number]))).toEqual(['again']);
  });

  it('answer a row for each number of many, in order', async () => {
    const [holder, claimant] = [await world.tenants.subaccount(), await world.tenants.subaccount()];
    const [taken, free, other] = numbers(3) as [PhoneNumber, PhoneNumber, PhoneNumber];
    await world.claim(holder, [taken]);
    const outcomes = await world.claim(claimant, [free, taken, holder.sendingNumber, free, other]);
    expect(outcomes.map((outcome) => outcome.phoneNumber)).toEqual([
      free,
      taken,
      holder.sendingNumber,
      free,
      other,
    ]);
    expect(summary(outcomes)).toEqual([
      'claimed',
      'phone_already_registered',
      'invalid_request',
      'again',
      'claimed',
    ]);
    expect(JSON.stringify(outcomes)).not.toContain(holder.subaccountId);
  });

  it('can be claimed a thousand at once', async () => {
    const subaccount = await world.tenants.subaccount();
    const outcomes = await world.claim(subaccount, numbers(1_000));
    expect(new Set(summary(outcomes))).toEqual(new Set(['claimed']));
    const { agencyId, subaccountId } = subaccount;
    expect(value(await calls.call(routingCalls.countRoutes, { agencyId, subaccountId }, system))).toEqual({
      routes: 1_000,
    });
  }, 60_000);

  it('end at the cap, which counts neither refusals nor what is held already', async () => {
    const [holder, claimant] = [await world.tenants.subaccount(), await world.tenants.subaccount()];
    const [taken, a, b, c] = numbers(4) as [PhoneNumber, PhoneNumber, PhoneNumber, PhoneNumber];
    await world.claim(holder, [taken]);
    await world.claim(claimant, [a], 2);
    expect(summary(await world.claim(claimant, [taken, a, b, c], 2))).toEqual([
      'phone_already_registered',
      'again',
      'claimed',
      'route_limit_reached',
    ]);
  });

  it('of a closed subaccount count as free', async () => {
    const [closed, next] = [await world.tenants.subaccount(), await world.tenants.subaccount()];
    const [number] = numbers(1) as [PhoneNumber];
    await world.claim(closed, [number]);
    await world.tenants.setSubaccount(closed, 'closed');
    expect(summary(await world.claim(next, [number]))).toEqual(['claimed']);
    expect(await entryOf(number)).toMatchObject({ ...subaccountOf(next), claimRevision: 2, released: false });
    expect(await listed(closed)).toEqual([]);
  });

  it('are released when their subaccount is closed, also when that is told twice', async () => {
    const closed = await world.tenants.subaccount();
    const held = numbers(40);
    await world.claim(closed, held);
    await world.tenants.setSubaccount(closed, 'closed');
    const { agencyId, subaccountId } = closed;
    for (const id of [randomUUID(), randomUUID()]) {
      await new JetStreamPublisher(world.link).publish(
        subjects.event('tenancy', subaccountId, 'SubaccountClosed', 1),
        {
          id,
          name: 'SubaccountClosed',
          version: 1,
          at: new Date().toISOString(),
          position: id,
          requestId: 'closing',
          data: { agencyId, subaccountId },
        },
      );
    }
    await eventually(async () => expect(await listed(closed)).toEqual([]));
    const entries = await Promise.all(held.map(entryOf));
    expect(entries.every((entry) => entry?.released === true && entry.revision === 1)).toBe(true);
    expect((await published(held[0] as PhoneNumber, 2))[1]).toMatchObject({
      actor: { kind: 'system', id: 'routing' },
      requestId: 'closing',
      data: { ...subaccountOf(closed), reason: 'holder_closed' },
    });
  });

  it('are released at their subaccount’s wish alone', async () => {
    const [holder, other] = [await world.tenants.subaccount(), await world.tenants.subaccount()];
    const [number] = numbers(1) as [PhoneNumber];
    await world.claim(holder, [number]);
    expect(await release(other, number)).toMatchObject({ ok: false, error: { code: 'not_found' } });
    expect(await release(holder, number)).toMatchObject({ ok: true });
    expect(await release(holder, number)).toMatchObject({ ok: false, error: { code: 'not_found' } });
    expect(await listed(holder)).toEqual([]);
    expect(summary(await world.claim(other, [number]))).toEqual(['claimed']);
  });

  it.each([
    ['suspended', 'active', 'subaccount_suspended'],
    ['active', 'suspended', 'subaccount_suspended'],
    ['closed', 'active', 'not_found'],
  ] as const)(
    'of a %s subaccount of an agency that is %s are refused as %s',
    async (status, agency, code) => {
      const subaccount = await world.tenants.subaccount();
      await world.tenants.setSubaccount(subaccount, status);
      await world.tenants.setAgency(subaccount, { status: agency });
      await expect(world.claim(subaccount, numbers(1))).rejects.toThrow(code);
    },
  );

  it('of a subaccount that is another agency’s are refused as not found', async () => {
    const subaccount = await world.tenants.subaccount();
    const { agencyId } = await world.tenants.agency();
    await expect(world.claim({ ...subaccount, agencyId }, numbers(1))).rejects.toThrow('not_found');
  });

  it('refuse a cursor that is none', async () => {
    const { agencyId, subaccountId } = await world.tenants.subaccount();
    const request = { agencyId, subaccountId, limit: 5, cursor: 'nonsense' };
    expect(await calls.call(routingCalls.listRoutes, request, system)).toMatchObject({
      ok: false,
      error: { code: 'invalid_request', fields: [{ field: 'cursor' }] },
    });
  });

  it('become public events, each once and in order', async () => {
    const subaccount = await world.tenants.subaccount();
    const [number] = numbers(1) as [PhoneNumber];
    await world.claim(subaccount, [number]);
    await release(subaccount, number);
    expect(await published(number, 2)).toMatchObject([
      { name: 'PhoneRouteClaimed', ...system, data: { ...subaccountOf(subaccount), phoneNumber: number } },
      {
        name: 'PhoneRouteReleased',
        ...system,
        data: { ...subaccountOf(subaccount), phoneNumber: number, reason: 'requested' },
      },
    ]);
  }, 20_000);

  it('that a crash left out of the projections are brought in by who follows the log', async () => {
    const subaccount = await world.tenants.subaccount();
    const [number] = numbers(1) as [PhoneNumber];
    const { agencyId, subaccountId } = subaccount;
    const at = '2030-01-01T00:00:00.000Z' as never;
    const claimed = phoneRouteCodec.encode({
      type: 'PhoneRouteClaimed',
      data: { phoneNumber: number, subaccountId, agencyId, at },
    });
    await store.append(`phone-${digitsOf(number)}`, 'none', [
      { ...claimed, id: randomUUID(), metadata: system },
    ]);
    await eventually(
      async () => {
        expect(await entryOf(number)).toMatchObject({ subaccountId, released: false });
        expect(await listed(subaccount)).toEqual([number]);
      },
      { withinMs: 15_000 },
    );
  }, 20_000);

  it('are rebuilt under traffic to what live updates made, and nobody misses one meanwhile', async () => {
    const subaccount = await world.tenants.subaccount();
    const steady = numbers(30);
    await world.claim(subaccount, steady);
    const [lost, ghost] = [steady[0] as PhoneNumber, randomNumber()];
    const raw = new KvBucket(world.link, 'routes', z.record(z.string(), z.unknown()));
    const ghostEntry = { ...(await entryOf(lost)), revision: 5 };
    await raw.delete(digitsOf(lost));
    await raw.put(digitsOf(ghost), ghostEntry);

    let rebuilding = true;
    let refused = 0;
    const traffic = (async () => {
      while (rebuilding) {
        const fresh = numbers(5);
        const outcomes = [
          ...(await world.claim(subaccount, fresh)),
          ...(await world.claim(subaccount, steady.slice(1))),
        ];
        refused += outcomes.filter((outcome) => !outcome.ok).length;
        steady.push(...fresh);
        for (const number of steady.slice(1)) if ((await entryOf(number)) === undefined) refused += 1;
        await release(subaccount, steady.pop() as PhoneNumber);
      }
    })();
    const rebuilt = value(
      await calls.call(routingCalls.rebuild, { projection: 'routes' }, system, { timeoutMs: 30_000 }),
    );
    rebuilding = false;
    await traffic;

    expect(refused).toBe(0);
    expect(rebuilt.pruned).toBeGreaterThanOrEqual(1);
    expect(await entryOf(lost)).toMatchObject({ ...subaccountOf(subaccount), released: false });
    expect(await entryOf(ghost)).toBeUndefined();
    const entries = await Promise.all(steady.map(entryOf));
    expect(entries.every((entry) => entry?.subaccountId === subaccount.subaccountId && !entry.released)).toBe(
      true,
    );
    expect(new Set(await listed(subaccount))).toEqual(new Set(steady));
  }, 60_000);
});

const subaccountOf = ({ agencyId, subaccountId }: TestSubaccount) => ({ agencyId, subaccountId });
