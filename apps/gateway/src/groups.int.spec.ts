import { directChatId, groupChatId } from '@claw/contracts';
import { newId } from '@claw/kernel';
import { eventually, withNats } from '@claw/testing';
import { Platform, randomNumber, type TestSubaccount } from './testing/platform.fixture';
import { TestAgent } from './testing/test-agent.fixture';
import { startGateway, type TestGateway } from './testing/test-gateway.fixture';

const nats = withNats();
let platform: Platform;
let gateway: TestGateway;

beforeAll(async () => {
  platform = await Platform.on(nats.url);
  gateway = await startGateway({ natsUrl: nats.url });
}, 60_000);

afterAll(async () => {
  await gateway.stop();
  await platform.close();
});

const parts = [{ type: 'text', value: 'Hello all' }];

const withRoutes = async (count: number) => {
  const sub = await platform.subaccount();
  const numbers = await Promise.all(Array.from({ length: count }, () => platform.route(sub)));
  return { sub, numbers, agent: await TestAgent.connect(gateway.socket, sub.key) };
};

const send = (agent: TestAgent, fields: object) => {
  const id = newId();
  agent.send({ type: 'send', id, parts, ...fields });
  return agent.result(id);
};

describe('a group', () => {
  it('is opened by several numbers, in any order and each named once, and is one message to all', async () => {
    const { sub, numbers, agent } = await withRoutes(3);
    const chatId = groupChatId(sub.subaccountId, numbers);
    const [one = '', ...others] = numbers;
    expect(await send(agent, { to: [...others, one, one] })).toMatchObject({ ok: true, chatId });
    expect(await send(agent, { to: numbers })).toMatchObject({ ok: true, chatId });
    const [first, second] = await platform.outbound(sub);
    expect(first).toMatchObject({ kind: 'message', chatId, to: [...numbers].sort(), claimRevision: null });
    expect(second).toMatchObject({ chatId });
    expect((await platform.usage(sub)).used).toBe(2);
    await agent.end();
  });

  it('is sent to by its chatId as soon as the first send is answered, over REST too', async () => {
    const { sub, numbers, agent } = await withRoutes(2);
    const { chatId } = await send(agent, { to: numbers });
    expect(await send(agent, { chatId })).toMatchObject({ ok: true, chatId });
    expect(await platform.restSend(sub, numbers[0] ?? '', { to: undefined, chatId })).toMatchObject({
      ok: true,
      chatId,
    });
    await agent.end();
  });

  it('of one number is the chat with that number', async () => {
    const { sub, numbers, agent } = await withRoutes(1);
    const [number] = numbers;
    if (number === undefined) throw new Error('no route');
    expect(await send(agent, { to: [number, number] })).toMatchObject({
      ok: true,
      chatId: directChatId(sub.subaccountId, number, 0),
    });
    await agent.end();
  });

  it('is refused with all who are not routes of the subaccount, and nothing is stored', async () => {
    const { sub, numbers, agent } = await withRoutes(1);
    const other = await platform.subaccount();
    const strangers = [await platform.route(other), randomNumber()];
    const refused = await send(agent, { to: [...numbers, ...strangers] });
    expect(refused).toMatchObject({ ok: false, errorCode: 'route_not_registered' });
    expect(refused['phone_numbers']).toEqual([...strangers].sort());
    expect(await platform.outbound(sub)).toEqual([]);
    await agent.end();
  });

  it('is refused while somebody in it has opted out', async () => {
    const { numbers, agent } = await withRoutes(2);
    const [gone = ''] = numbers;
    await platform.optOut('+12025550100', numbers[0] ?? raise());
    await eventually(
      async () =>
        expect(await send(agent, { to: numbers })).toMatchObject({
          ok: false,
          errorCode: 'recipient_opted_out',
          phone_numbers: [gone],
        }),
      { withinMs: 2_000 },
    );
    await agent.end();
  });

  it('is another subaccount’s to nobody', async () => {
    const { numbers, agent } = await withRoutes(2);
    const { chatId } = await send(agent, { to: numbers });
    const stranger = await withRoutes(1);
    expect(await send(stranger.agent, { chatId })).toMatchObject({ ok: false, errorCode: 'chat_not_found' });
    await Promise.all([agent.end(), stranger.agent.end()]);
  });

  it('lives on while one of its people is a route, and ends with the last', async () => {
    const { sub, numbers, agent } = await withRoutes(2);
    const { chatId } = await send(agent, { to: numbers });
    const [one, another] = numbers;
    await release(sub, one);
    await eventually(async () =>
      expect(await send(agent, { to: numbers })).toMatchObject({ errorCode: 'route_not_registered' }),
    );
    expect(await send(agent, { chatId })).toMatchObject({ ok: true });
    await release(sub, another);
    await eventually(async () =>
      expect(await send(agent, { chatId })).toMatchObject({ errorCode: 'chat_not_found' }),
    );
    await agent.end();
  });

  it.each([
    ['nobody', []],
    ['more people than a chat can have', Array.from({ length: 32 }, () => randomNumber())],
    ['a number that is none', ['+15551234567', 'call me']],
  ])('of %s is an invalid frame', async (_what, to) => {
    const { agent } = await withRoutes(1);
    expect(await send(agent, { to })).toMatchObject({ ok: false, errorCode: 'invalid_frame' });
    await agent.end();
  });
});

describe('new recipients', () => {
  it('are so many a day, alone and in groups together, and whoever is known goes on', async () => {
    const { agencyId } = await platform.agency({ limits: { newRecipientsPerDay: 3 } });
    const sub = await platform.subaccount({}, agencyId);
    const numbers = await Promise.all(Array.from({ length: 5 }, () => platform.route(sub)));
    const agent = await TestAgent.connect(gateway.socket, sub.key);
    expect((await agent.first('ready'))['limits']).toMatchObject({ new_recipients_per_day: 3 });
    const [first, ...others] = numbers;
    expect(await send(agent, { to: first })).toMatchObject({ ok: true });
    expect(await send(agent, { to: numbers.slice(0, 3) })).toMatchObject({ ok: true });
    const refused = await send(agent, { to: others[3] });
    expect(refused).toMatchObject({ ok: false, errorCode: 'new_recipient_limit' });
    expect(refused['retry_after_ms']).toBeLessThanOrEqual(24 * 60 * 60_000);
    expect(await send(agent, { to: first })).toMatchObject({ ok: true });
    await agent.end();
  });

  it('are not used up by sends that are refused for the limit, and outlive a rebuild of the quota', async () => {
    const { agencyId } = await platform.agency({ limits: { newRecipientsPerDay: 2 } });
    const sub = await platform.subaccount({ messageLimit: 1 }, agencyId);
    const [first, second, third, fourth] = await Promise.all(
      Array.from({ length: 4 }, () => platform.route(sub)),
    );
    const agent = await TestAgent.connect(gateway.socket, sub.key);
    expect(await send(agent, { to: first })).toMatchObject({ ok: true });
    for (const to of [third, third, third]) {
      expect(await send(agent, { to })).toMatchObject({ errorCode: 'message_limit_reached' });
    }
    await platform.putSubaccount(sub, { messageLimit: 100 });
    await eventually(async () => expect(await send(agent, { to: second })).toMatchObject({ ok: true }));
    await platform.rebuildQuota();
    expect(await send(agent, { to: fourth })).toMatchObject({ errorCode: 'new_recipient_limit' });
    await agent.end();
  });

  it('stay counted when the subaccount moves to another gateway', async () => {
    const { agencyId } = await platform.agency({ limits: { newRecipientsPerDay: 1 } });
    const sub = await platform.subaccount({}, agencyId);
    const [one, another] = [await platform.route(sub), await platform.route(sub)];
    const agent = await TestAgent.connect(gateway.socket, sub.key);
    expect(await send(agent, { to: one })).toMatchObject({ ok: true });
    const second = await startGateway({ natsUrl: nats.url });
    const moved = await TestAgent.connect(second.socket, sub.key);
    expect(await send(moved, { to: another })).toMatchObject({ errorCode: 'new_recipient_limit' });
    expect(await send(moved, { to: one })).toMatchObject({ ok: true });
    await Promise.all([agent.end(), moved.end()]);
    await second.stop();
  });
});

const release = (sub: TestSubaccount, number: Parameters<Platform['putRoute']>[1] | undefined) =>
  platform.putRoute(sub, number ?? raise(), 0, true);

const raise = (): never => {
  throw new Error('no number');
};
