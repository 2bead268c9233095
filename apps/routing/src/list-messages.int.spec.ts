import { type CallResult, routingCalls, type ServiceCall } from '@claw/contracts';
import { ServiceClient } from '@claw/messaging';
import { eventually } from '@claw/testing';
import { RoutingWorld, system, value } from './testing/routing-world.fixture';
import { randomNumber, type TestSubaccount } from './testing/tenants.fixture';

const world = new RoutingWorld();

beforeAll(async () => {
  await world.open();
  await world.startApp();
}, 60_000);
afterAll(() => world.close(), 60_000);

const ask = <Request, Reply>(
  call: ServiceCall<Request, Reply>,
  request: NoInfer<Request>,
): Promise<CallResult<Reply>> =>
  new ServiceClient(world.link).call(call, request, system, { timeoutMs: 10_000 });

const ids = ({ agencyId, subaccountId }: TestSubaccount) => ({ agencyId, subaccountId });

/** A subaccount with one customer, who was sent `out` texts and answered once. */
const conversation = async (out: number) => {
  const owner = await world.tenants.subaccount();
  const customer = randomNumber();
  await world.claim(owner, [customer]);
  const sent: string[] = [];
  for (let index = 0; index < out; index += 1)
    sent.push(await world.accept(owner, customer, `text ${index}`));
  await eventually(async () => expect(await world.carrier.phone(customer)).toHaveLength(out), {
    withinMs: 20_000,
  });
  const received = await world.carrier.inbound({ from: customer, to: owner.sendingNumber, text: 'answer' });
  await eventually(
    async () =>
      expect(value(await ask(routingCalls.listMessages, { ...ids(owner), limit: 200 })).data).toHaveLength(
        out + 1,
      ),
    { withinMs: 20_000 },
  );
  return { owner, customer, sent, received };
};

describe('the messages of a subaccount', () => {
  it('are listed newest first, both directions, page by page', async () => {
    const { owner, customer, sent, received } = await conversation(3);
    const wanted = [received, ...[...sent].reverse()];
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = value(await ask(routingCalls.listMessages, { ...ids(owner), limit: 2, cursor }));
      expect(page.data.length).toBeLessThanOrEqual(2);
      seen.push(...page.data.map(({ messageId }) => messageId));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(seen).toEqual(wanted);
    const first = value(await ask(routingCalls.getMessage, { ...ids(owner), messageId: sent[0] ?? '' }));
    expect(first).toMatchObject({
      direction: 'out',
      clientId: 'client of text 0',
      from: owner.sendingNumber,
      to: [customer],
      text: 'text 0',
      isGroup: false,
    });
    expect(value(await ask(routingCalls.getMessage, { ...ids(owner), messageId: received }))).toMatchObject({
      direction: 'in',
      from: customer,
      status: 'received',
      text: 'answer',
    });
  });

  it('are narrowed to a chat and to what is not older', async () => {
    const { owner, sent, received } = await conversation(2);
    const { chatId, at } = value(
      await ask(routingCalls.getMessage, { ...ids(owner), messageId: sent[1] ?? '' }),
    );
    const of = async (more: object) =>
      value(await ask(routingCalls.listMessages, { ...ids(owner), limit: 50, ...more })).data.map(
        ({ messageId }) => messageId,
      );
    expect(await of({ chatId })).toEqual([received, ...[...sent].reverse()]);
    expect(await of({ chatId: owner.subaccountId })).toEqual([]);
    expect(await of({ since: at })).toEqual([received, sent[1]]);
  });

  it('are nobody else’s', async () => {
    const { owner, sent } = await conversation(1);
    const stranger = await world.tenants.subaccount(owner);
    expect(value(await ask(routingCalls.listMessages, { ...ids(stranger), limit: 50 })).data).toEqual([]);
    expect(value(await ask(routingCalls.listChats, { ...ids(stranger), limit: 50 })).data).toEqual([]);
    expect(await ask(routingCalls.getMessage, { ...ids(stranger), messageId: sent[0] ?? '' })).toMatchObject({
      ok: false,
      error: { code: 'not_found' },
    });
  });

  it.each(['nonsense', Buffer.from('["2030-01-01T00:00:00.000Z","x"]').toString('base64url')])(
    'are not listed from a cursor that is none of ours: %s',
    async (cursor) => {
      const owner = await world.tenants.subaccount();
      expect(await ask(routingCalls.listChats, { ...ids(owner), limit: 50, cursor })).toMatchObject({
        ok: false,
        error: { code: 'invalid_request' },
      });
    },
  );
});

describe('the chats of a subaccount', () => {
  it('are listed with their last message, the newest first, page by page', async () => {
    const { owner, customer, received } = await conversation(1);
    const other = randomNumber();
    await world.claim(owner, [other]);
    const newest = await world.accept(owner, other, 'the newest');
    await eventually(async () => {
      const { data } = value(await ask(routingCalls.listChats, { ...ids(owner), limit: 50 }));
      expect(data.map(({ lastMessage }) => lastMessage?.messageId)).toEqual([newest, received]);
    });
    const first = value(await ask(routingCalls.listChats, { ...ids(owner), limit: 1 }));
    expect(first.data).toMatchObject([{ participants: [other], isGroup: false }]);
    const second = value(
      await ask(routingCalls.listChats, { ...ids(owner), limit: 1, cursor: first.nextCursor ?? undefined }),
    );
    expect(second.data).toMatchObject([{ participants: [customer] }]);
    expect(second.nextCursor).toBeNull();
  });
});
