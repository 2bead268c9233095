import {
  agencyOperations,
  agentFrames,
  agentOperations,
  operatorOperations,
  type RestOperation,
} from '@claw/contracts';
import { eventually } from '@claw/testing';
import { Agent, type Frame } from './support/agent';
import type { RunFile } from './support/claw';
import { randomPhone } from './support/phones';
import { Rest } from './support/rest';
import { sharedPlatform } from './support/shared-platform';
import { newAgency, newRoute, newSubaccount, type TestAgency, type TestSubaccount } from './support/tenants';

const callers = [
  'no key',
  'garbage',
  "other agency's parent",
  'own parent',
  'other subaccount',
  'own subaccount',
  'suspended',
  'closed',
] as const;
type Caller = (typeof callers)[number];

/** What every call of the table is about: made anew for each row, since rows change it. */
interface Scene {
  readonly agency: TestAgency;
  readonly subaccount: TestSubaccount;
  readonly phone: string;
  readonly keys: Readonly<Record<Caller, string | undefined>>;
}

/** The outcome of each caller, in the order of {@link callers}. */
type Outcomes = readonly [string, string, string, string, string, string, string, string];

const noKey = '401 invalid_api_key';
const wrongKey = '403 wrong_key_type';
const stopped = '403 subaccount_suspended';
const notThere = '404 not_found';

/** Only the subaccount's own agency may. */
const ofSubaccount = (own: string): Outcomes => [
  noKey,
  noKey,
  notThere,
  own,
  wrongKey,
  wrongKey,
  wrongKey,
  noKey,
];
/** Any agency may, on itself. */
const ofAgency = (own: string): Outcomes => [noKey, noKey, own, own, wrongKey, wrongKey, wrongKey, noKey];
/** Any subaccount may, a suspended one too: it reads what is its own. */
const ofSubaccountKeys: Outcomes = [noKey, noKey, wrongKey, wrongKey, '200', '200', '200', noKey];
const operatorOnly: Outcomes = [noKey, noKey, noKey, noKey, noKey, noKey, noKey, noKey];

interface Row {
  readonly operation: RestOperation;
  /** The `:id` of its path, where it isn't the subaccount's or the agency's. */
  readonly id?: (scene: Scene) => Promise<string>;
  readonly body?: (scene: Scene) => unknown;
  readonly outcomes: Outcomes;
}

const path = (operation: RestOperation, scene: Scene, id: string | undefined): string =>
  operation.path
    .replace(':id', id ?? (operation.access === 'operator' ? scene.agency.id : scene.subaccount.id))
    .replace(':phone_number', encodeURIComponent(scene.phone));

/** A message that the subaccount sent, once the ledger has it. */
const sentMessage = async ({ subaccount, phone }: Scene): Promise<string> => {
  const { messageId } = await subaccount.rest.ok<{ messageId: string }>('POST', '/api/messages', {
    to: phone,
    parts: [{ type: 'text', value: 'hello' }],
  });
  await eventually(() => subaccount.rest.ok('GET', `/api/messages/${messageId}`));
  return messageId;
};

const ao = agencyOperations;
const so = agentOperations;
const oo = operatorOperations;

const rows: readonly Row[] = [
  { operation: ao.provisionSubaccount, body: () => ({ name: 'New' }), outcomes: ofAgency('200') },
  { operation: ao.listSubaccounts, outcomes: ofAgency('200') },
  { operation: ao.getSubaccount, outcomes: ofSubaccount('200') },
  { operation: ao.changeSubaccount, body: () => ({ name: 'Changed' }), outcomes: ofSubaccount('200') },
  { operation: ao.rotateSubaccountKey, outcomes: ofSubaccount('200') },
  { operation: ao.suspendSubaccount, outcomes: ofSubaccount('200') },
  { operation: ao.reactivateSubaccount, outcomes: ofSubaccount('200') },
  { operation: ao.closeSubaccount, outcomes: ofSubaccount('204') },
  {
    operation: ao.claimSubaccountRoutes,
    body: () => ({ phone_number: randomPhone() }),
    outcomes: ofSubaccount('200'),
  },
  { operation: ao.listSubaccountRoutes, outcomes: ofSubaccount('200') },
  { operation: ao.releaseSubaccountRoute, outcomes: ofSubaccount('204') },
  { operation: ao.subaccountHistory, outcomes: ofSubaccount('200') },
  { operation: ao.getAgency, outcomes: ofAgency('200') },
  { operation: ao.changeAgency, body: () => ({ help_text: 'Ask us.' }), outcomes: ofAgency('200') },
  { operation: ao.agencyUsage, outcomes: ofAgency('200') },
  { operation: ao.agencyEvents, outcomes: ofAgency('200') },
  { operation: ao.rotateParentKey, outcomes: ofAgency('200') },
  {
    operation: so.claimRoute,
    body: () => ({ phone_number: randomPhone() }),
    outcomes: [noKey, noKey, wrongKey, wrongKey, '200', '200', stopped, noKey],
  },
  { operation: so.listRoutes, outcomes: ofSubaccountKeys },
  { operation: so.me, outcomes: ofSubaccountKeys },
  { operation: so.listMessages, outcomes: ofSubaccountKeys },
  {
    operation: so.getMessage,
    id: sentMessage,
    outcomes: [noKey, noKey, wrongKey, wrongKey, notThere, '200', notThere, noKey],
  },
  { operation: so.listChats, outcomes: ofSubaccountKeys },
  {
    operation: so.sendMessage,
    body: ({ phone }) => ({ to: phone, parts: [{ type: 'text', value: 'hello' }] }),
    outcomes: [noKey, noKey, wrongKey, wrongKey, '403 route_not_registered', '202', stopped, noKey],
  },
  {
    operation: so.sendText,
    body: ({ phone }) => ({ phone_number: phone, text: 'hello' }),
    outcomes: [noKey, noKey, wrongKey, wrongKey, '403 route_not_registered', '202', stopped, noKey],
  },
  {
    operation: so.releaseRoute,
    outcomes: [noKey, noKey, wrongKey, wrongKey, notThere, '204', stopped, noKey],
  },
  {
    operation: oo.registerAgency,
    body: () => ({ name: 'A', email: 'a@example.com' }),
    outcomes: operatorOnly,
  },
  { operation: oo.listAgencies, outcomes: operatorOnly },
  { operation: oo.changeAgencyLimits, body: () => ({ limits: {} }), outcomes: operatorOnly },
  { operation: oo.suspendAgency, outcomes: operatorOnly },
  { operation: oo.reactivateAgency, outcomes: operatorOnly },
  {
    operation: oo.addSendingNumbers,
    body: () => ({ phone_numbers: ['+15005550000'] }),
    outcomes: operatorOnly,
  },
];

const frames = [
  {
    type: 'send',
    frame: ({ phone }: Scene) => ({
      type: 'send',
      id: 'f',
      to: phone,
      parts: [{ type: 'text', value: 'hi' }],
    }),
    own: 'send.result ok',
    other: 'send.result route_not_registered',
  },
  ...(['typing.start', 'typing.stop', 'read'] as const).map((type) => ({
    type,
    frame: ({ phone }: Scene) => ({ type, to: phone }),
    own: 'nothing',
    other: 'error route_not_registered, still open',
  })),
  {
    type: 'reaction',
    frame: () => ({ type: 'reaction', id: 'f', messageId: 'nobody-knows-it', reactionType: 'like' }),
    own: 'reaction.result message_not_found',
    other: 'reaction.result message_not_found',
  },
  { type: 'sync', frame: () => ({ type: 'sync', after_seq: 0 }), own: 'sync.done', other: 'sync.done' },
  { type: 'ping', frame: () => ({ type: 'ping' }), own: 'pong', other: 'pong' },
  // A pong is answered by nothing: the ping behind it shows that it was taken.
  { type: 'pong', frame: () => ({ type: 'pong' }), own: 'pong', other: 'pong' },
] as const;

describe('who may do what', () => {
  let run: RunFile;
  beforeAll(async () => {
    run = await sharedPlatform().run();
  });

  const newScene = async (): Promise<Scene> => {
    const [agency, otherAgency] = await Promise.all([newAgency(run), newAgency(run)]);
    const [subaccount, other, suspended, closed] = await Promise.all([
      newSubaccount(run, agency),
      newSubaccount(run, otherAgency),
      newSubaccount(run, agency),
      newSubaccount(run, agency),
    ]);
    const phone = await newRoute(subaccount);
    await agency.rest.ok('POST', `/api/agency/subaccounts/${suspended.id}/suspend`);
    await agency.rest.ok('DELETE', `/api/agency/subaccounts/${closed.id}`);
    return {
      agency,
      subaccount,
      phone,
      keys: {
        'no key': undefined,
        garbage: `cm_live_AAAAAAAA_${'A'.repeat(40)}`,
        "other agency's parent": otherAgency.key,
        'own parent': agency.key,
        'other subaccount': other.key,
        'own subaccount': subaccount.key,
        suspended: suspended.key,
        closed: closed.key,
      },
    };
  };

  it('names every operation of the HTTP contract', () => {
    const all = [ao, so, oo].flatMap((group) => Object.values(group).map(({ id }) => id));
    expect(rows.map(({ operation }) => operation.id).sort()).toEqual(all.sort());
  });

  it('names every frame of the socket contract', () => {
    expect(frames.map(({ type }) => type).sort()).toEqual(Object.keys(agentFrames).sort());
  });

  it.each(rows.map((row) => [`${row.operation.method} ${row.operation.path}`, row] as const))(
    '%s answers each kind of key as the contract says',
    async (_name, { operation, id, body, outcomes }) => {
      // The owner acts last, since what it does may change the scene.
      const order: readonly Caller[] = [
        ...callers.filter((each) => !each.startsWith('own')),
        'own subaccount',
        'own parent',
      ];
      const scene = await newScene();
      const at = path(operation, scene, await id?.(scene));
      const seen: Partial<Record<Caller, string>> = {};
      for (const caller of order) {
        const rest = new Rest(run.api, scene.keys[caller]);
        const answer = await rest.call<{ error?: string } | undefined>(operation.method, at, {
          body: body?.(scene),
        });
        seen[caller] = answer.status < 300 ? String(answer.status) : `${answer.status} ${answer.body?.error}`;
      }
      expect(callers.map((caller) => `${caller}: ${seen[caller]}`)).toEqual(
        callers.map((caller, index) => `${caller}: ${outcomes[index]}`),
      );
    },
  );

  it.each(frames.map((row) => [row.type, row] as const))(
    'a %s frame of each kind of key is answered as the contract says',
    async (_type, { frame, own, other }) => {
      const scene = await newScene();
      const seen: Partial<Record<Caller, string>> = {};
      for (const caller of callers)
        seen[caller] = await outcomeOf(run.socket, scene.keys[caller], frame(scene));
      expect(seen).toEqual({
        // It may still name its key, for ten seconds.
        'no key': 'error invalid_api_key, still open',
        garbage: 'upgrade refused: 401',
        "other agency's parent": 'upgrade refused: 403',
        'own parent': 'upgrade refused: 403',
        'other subaccount': other,
        'own subaccount': own,
        suspended: 'error subaccount_suspended, closed 4003',
        closed: 'upgrade refused: 401',
      });
    },
  );
});

/** Those that are only answered where they are refused. */
const silentFrames = new Set(['typing.start', 'typing.stop', 'read']);

/** What a client with this key sees after sending this frame. */
const outcomeOf = async (
  socketUrl: string,
  key: string | undefined,
  frame: { type: string },
): Promise<string> => {
  let agent: Agent;
  try {
    agent = await Agent.open(socketUrl, key);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  agent.send(frame);
  if (frame.type === 'pong') agent.send({ type: 'ping' });
  const answers = ['send.result', 'reaction.result', 'sync.done', 'pong', 'error'];
  const silent = silentFrames.has(frame.type) ? 1_000 : undefined;
  const answer = await Promise.any(answers.map((type) => agent.first(type, undefined, silent))).catch(
    () => ({ type: 'nothing' }) as Frame,
  );
  if (answer.type === 'error') {
    const end = await agent.untilClosed(1_000).then(
      ({ code }) => `closed ${code}`,
      () => 'still open',
    );
    await agent.close();
    return `error ${String(answer['code'])}, ${end}`;
  }
  await agent.close();
  if (!answer.type.endsWith('.result')) return answer.type;
  return `${answer.type} ${answer['ok'] === true ? 'ok' : String(answer['errorCode'])}`;
};
