import {
  buckets,
  digitsOf,
  e164Schema,
  eventEnvelopeSchema,
  eventStreams,
  keyEntrySchema,
  keys,
  sendingNumberEntrySchema,
  streams,
  subaccountEntrySchema,
  tenancyCalls as calls,
} from '@claw/contracts';
import { EventStore } from '@claw/event-store';
import { instant, newId, systemClock, Unavailable } from '@claw/kernel';
import { KvBucket } from '@claw/messaging';
import {
  assignNumber,
  closeSubaccount,
  registerAgency,
  rotateSubaccountKey,
  suspendSubaccount,
} from '@claw/tenancy-domain';
import { eventually, withEventStore, withNats, withPostgres } from '@claw/testing';
import { issueKey } from '../keys/issue-key';
import { Aggregates } from '../log/aggregates';
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
/** As a handler would that dies right after its append. */
let log: Aggregates;

beforeAll(async () => {
  tenancy = await start();
  store = new EventStore({ url: eventStore.url });
  log = new Aggregates(store);
}, 60_000);

const metadata = { actor: { kind: 'system', id: 'test' }, requestId: 'request' } as const;
const appendTo = (subaccountId: string, decide: Parameters<Aggregates['subaccounts']['execute']>[1]) =>
  log.subaccounts.execute(eventStreams.subaccount(subaccountId), decide, metadata);
const provisioned = async () => {
  const { agencyId } = await tenancy.agency();
  const made = await tenancy.got(calls.provisionSubaccount, tenancy.wish(agencyId));
  return { agencyId, subaccountId: made.subaccount.subaccountId, keyPrefix: made.subaccount.keyPrefix };
};
const published = async (aggregateId: string): Promise<string[]> => {
  const manager = await tenancy.nats.manager();
  const { state } = await manager.streams.info(streams.eventsTenancy.name);
  const names: string[] = [];
  for (let seq = state.first_seq; seq <= state.last_seq; seq += 1) {
    const message = await manager.streams.getMessage(streams.eventsTenancy.name, { seq });
    if (message.subject.split('.')[2] !== aggregateId) continue;
    names.push(eventEnvelopeSchema.parse(message.json()).name);
  }
  return names;
};

describe('what a handler that died after its append has left out', () => {
  it('reaches keys, tables, trail and public events all the same', async () => {
    const target = await provisioned();
    const { key } = issueKey();
    await appendTo(target.subaccountId, (subaccount) => {
      if (!subaccount) throw new Error('not provisioned');
      return rotateSubaccountKey(subaccount, { key }, systemClock.now());
    });
    const former = (await log.subaccount(target.subaccountId))?.formerKeys[0]?.hash ?? '';
    await appendTo(target.subaccountId, (subaccount) => {
      if (!subaccount) throw new Error('not provisioned');
      return suspendSubaccount(subaccount, { reason: 'operator' }, systemClock.now());
    });

    await eventually(async () => {
      const keyEntries = new KvBucket(tenancy.nats, buckets.access.name, keyEntrySchema);
      expect((await keyEntries.get(keys.apiKey(former)))?.value.revoked).toBe(true);
      expect((await keyEntries.get(keys.apiKey(key.hash)))?.value.revoked).toBe(false);
      const entries = new KvBucket(tenancy.nats, buckets.access.name, subaccountEntrySchema);
      const entry = (await entries.get(keys.subaccount(target.subaccountId)))?.value;
      expect(entry).toMatchObject({ status: 'suspended', keyHash: key.hash, revision: 2 });
    });
    await eventually(async () => {
      const seen = await tenancy.got(calls.getSubaccount, target);
      expect(seen).toMatchObject({ status: 'suspended', keyPrefix: key.prefix });
      const { data } = await tenancy.got(calls.subaccountHistory, { ...target, limit: 10 });
      expect(data.map(({ event }) => event)).toEqual([
        'SubaccountSuspended',
        'SubaccountKeyRotated',
        'SubaccountProvisioned',
      ]);
    });
    await eventually(async () =>
      expect(await published(target.subaccountId)).toEqual(['SubaccountProvisioned', 'SubaccountSuspended']),
    );
  });

  it('is an agency with a sending number, where its registration died before its activation', async () => {
    const { agencyId: other } = await tenancy.agency();
    const free = e164Schema.parse(`+1556${String(Math.floor(Math.random() * 1e7)).padStart(7, '0')}`);
    await tenancy.got(calls.addSendingNumbers, { phoneNumbers: [free] });
    const agencyId = newId();
    const { key } = issueKey();
    const wish = { agencyId, name: 'Half', email: 'half@acme.com', cardRequired: false, key };
    await log.agencies.execute(
      eventStreams.agency(agencyId),
      (agency) => registerAgency(agency, wish, instant(Date.now())),
      metadata,
    );
    const agency = await eventually(async () => {
      const view = await tenancy.got(calls.getAgency, { agencyId });
      expect(view.status).toBe('active');
      return view;
    });
    expect(agency).toMatchObject({ sendingNumber: free, keyPrefix: key.prefix });
    expect((await tenancy.got(calls.getAgency, { agencyId: other })).sendingNumber).not.toBe(free);
  });

  it('is a number that is taken, though the pool does not know it yet', async () => {
    const { agencyId: holder } = await tenancy.agency();
    const taken = e164Schema.parse(`+1557${String(Math.floor(Math.random() * 1e7)).padStart(7, '0')}`);
    const wish = { sendingNumber: taken, agencyId: holder };
    await log.numbers.execute(
      eventStreams.number(digitsOf(taken)),
      (number) => assignNumber(number, wish, systemClock.now()),
      metadata,
    );
    await tenancy.got(calls.addSendingNumbers, { phoneNumbers: [taken] });
    const { sendingNumber } = await tenancy.agency();
    expect(sendingNumber).not.toBe(taken);
    const entries = new KvBucket(tenancy.nats, buckets.access.name, sendingNumberEntrySchema);
    await eventually(async () => {
      const entry = await entries.get(keys.sendingNumber(digitsOf(taken)));
      expect(entry?.value).toEqual({ agencyId: holder, revision: 0 });
    });
  });
});

describe('while Postgres is down', () => {
  it('a close answers that its outcome is unknown, the key is dead, and the tables follow later', async () => {
    const target = await provisioned();
    await postgres.crash();
    try {
      const asked = tenancy.ask(calls.closeSubaccount, target);
      await expect(asked).rejects.toBeInstanceOf(Unavailable);
      await expect(asked).rejects.toMatchObject({ outcomeUnknown: true });
      const entries = new KvBucket(tenancy.nats, buckets.access.name, subaccountEntrySchema);
      const entry = (await entries.get(keys.subaccount(target.subaccountId)))?.value;
      expect(entry?.status).toBe('closed');
    } finally {
      await postgres.up();
    }
    await eventually(
      async () => expect((await tenancy.got(calls.getSubaccount, target)).status).toBe('closed'),
      { withinMs: 15_000 },
    );
  }, 60_000);
});

describe('after a restart', () => {
  it('public events go on where they stopped: each once, in order', async () => {
    const target = await provisioned();
    await eventually(async () => expect(await published(target.subaccountId)).toHaveLength(1));
    await tenancy.stop();
    for (const reason of ['operator', 'agency_request'] as const) {
      await appendTo(target.subaccountId, (subaccount) => {
        if (!subaccount) throw new Error('not provisioned');
        return suspendSubaccount(subaccount, { reason }, systemClock.now());
      });
    }
    await appendTo(target.subaccountId, (subaccount) => {
      if (!subaccount) throw new Error('not provisioned');
      return closeSubaccount(subaccount, systemClock.now());
    });
    tenancy = await start();
    await eventually(async () =>
      expect(await published(target.subaccountId)).toEqual([
        'SubaccountProvisioned',
        'SubaccountSuspended',
        'SubaccountSuspended',
        'SubaccountClosed',
      ]),
    );
    await eventually(async () =>
      expect((await tenancy.got(calls.getSubaccount, target)).status).toBe('closed'),
    );
  }, 60_000);
});

describe("an agency's whole trail", () => {
  it('is told oldest first, from any place on', async () => {
    const { agencyId, actor } = await tenancy.agency();
    const made = await tenancy.got(calls.provisionSubaccount, tenancy.wish(agencyId), actor);
    const { subaccountId } = made.subaccount;
    await tenancy.got(calls.changeHelpText, { agencyId, helpText: 'Call us' }, actor);
    await tenancy.got(calls.changeSubaccount, { agencyId, subaccountId, name: 'A', messageLimit: 3 }, actor);

    // No entry may slip in before one that was told: so it tells as far as the follower has come, which after an outage
    // of Postgres (another test's) takes it a moment.
    const all = await eventually(
      async () => {
        const trail = await tenancy.got(calls.agencyEvents, { agencyId, limit: 50 });
        expect(trail.data.map(({ event }) => event)).toEqual([
          'AgencyRegistered',
          'ParentKeyIssued',
          'NumberAssigned',
          'AgencyActivated',
          'SubaccountProvisioned',
          'HelpTextChanged',
          'SubaccountDetailsChanged',
          'MessageLimitChanged',
        ]);
        return trail;
      },
      { withinMs: 20_000 },
    );
    expect(all.nextCursor).toBeNull();

    const walked: string[] = [];
    let after: string | undefined;
    for (let page = 0; page < 10; page += 1) {
      const got = await tenancy.got(calls.agencyEvents, { agencyId, limit: 3, ...(after && { after }) });
      walked.push(...got.data.map(({ position }) => position));
      after = got.data.at(-1)?.position ?? after;
      if (got.nextCursor === null) break;
    }
    expect(walked).toEqual(all.data.map(({ position }) => position));
  });
});
