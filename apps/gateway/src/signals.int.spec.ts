import { directChatId, subjects } from '@claw/contracts';
import { newId } from '@claw/kernel';
import { JetStreamPublisher } from '@claw/messaging';
import { eventually, withNats } from '@claw/testing';
import { Platform } from './testing/platform.fixture';
import { TestAgent } from './testing/test-agent.fixture';
import { startGateway, type TestGateway } from './testing/test-gateway.fixture';

const nats = withNats();
let platform: Platform;
let gateway: TestGateway;

beforeAll(async () => {
  platform = await Platform.on(nats.url);
  gateway = await startGateway({ natsUrl: nats.url, timings: { reaction: 1_000, typing: 1_000 } });
}, 60_000);

afterAll(async () => {
  await gateway.stop();
  await platform.close();
});

const connected = async () => {
  const sub = await platform.subaccount();
  const number = await platform.route(sub);
  const agent = await TestAgent.connect(gateway.socket, sub.key);
  return { sub, number, agent, chatId: directChatId(sub.subaccountId, number, 0) };
};

const react = (agent: TestAgent, more: object = {}) => {
  const id = newId();
  agent.send({ type: 'reaction', id, messageId: 'm-1', reactionType: 'love', ...more });
  return id;
};

const resultOf = (agent: TestAgent, id: string) =>
  agent.first('reaction.result', (frame) => frame['id'] === id);

describe('a reaction', () => {
  it('lies in OUTBOUND by its message, counts against no limit, and is answered as routing says', async () => {
    const { sub, agent } = await connected();
    const id = react(agent, { remove: true });
    const [entry] = await eventually(async () => {
      const entries = await platform.entries(sub);
      expect(entries).toHaveLength(1);
      return entries;
    });
    expect(entry).toMatchObject({
      kind: 'reaction',
      clientId: id,
      messageId: 'm-1',
      reactionType: 'love',
      remove: true,
    });
    platform.signal(sub, {
      type: 'reaction.result',
      id,
      ok: false,
      errorCode: 'message_not_found',
      error: 'None.',
    });
    expect(await resultOf(agent, id)).toMatchObject({ ok: false, errorCode: 'message_not_found' });
    await agent.end();
    expect((await platform.usage(sub)).used).toBe(0);
  });

  it('that nobody tells of is answered as safe, and told of again where it fails after all', async () => {
    const { sub, agent } = await connected();
    const id = react(agent);
    expect(await resultOf(agent, id)).toEqual({ type: 'reaction.result', id, ok: true });
    platform.signal(sub, { type: 'reaction.result', id, ok: false, errorCode: 'message_not_found' });
    await agent.first('reaction.result', (frame) => frame['id'] === id && frame['ok'] === false);
    await agent.end();
  });

  it('of which two have the same id are answered twice', async () => {
    const { agent } = await connected();
    agent.send({ type: 'reaction', id: 'r', messageId: 'm-1', reactionType: 'love' });
    agent.send({ type: 'reaction', id: 'r', messageId: 'm-2', reactionType: 'like' });
    await eventually(() => expect(agent.all('reaction.result')).toHaveLength(2));
    await agent.end();
  });

  it('that is sent again is stored once and answered at once', async () => {
    const { sub, agent } = await connected();
    const id = react(agent);
    await resultOf(agent, id);
    agent.send({ type: 'reaction', id, messageId: 'm-1', reactionType: 'love' });
    await eventually(() => expect(agent.all('reaction.result')).toHaveLength(2));
    expect(await platform.entries(sub)).toHaveLength(1);
    await agent.end();
  });

  it('of a suspended subaccount, or of no known kind, is refused by its result', async () => {
    const { sub, agent } = await connected();
    expect(await resultOf(agent, react(agent, { reactionType: 'shrug' }))).toMatchObject({
      ok: false,
      errorCode: 'invalid_frame',
    });
    gateway.projections.subaccounts.onChange(() => undefined);
    await platform.putSubaccount(sub, { status: 'suspended' });
    await agent.untilClosed();
    expect(await platform.entries(sub)).toEqual([]);
  });

  it('is left out when the quota is counted anew', async () => {
    const { sub, number, agent } = await connected();
    await agent.text('1', number);
    await resultOf(agent, react(agent));
    const publisher = new JetStreamPublisher(platform.nats);
    await publisher.publish(subjects.outboundAutomatic('chat'), {
      kind: 'automatic',
      messageId: newId(),
      chatId: 'chat',
      agencyId: sub.agencyId,
      answers: 'help',
      from: '+12025550100',
      to: [number],
      text: 'Help.',
      acceptedAt: new Date().toISOString(),
    });
    await platform.rebuildQuota();
    expect((await platform.usage(sub)).used).toBe(1);
    await agent.end();
  });
});

/** Another test's agent may just have left, and stopped typing by that. */
const ofSub = (
  taken: readonly Readonly<Record<string, unknown>>[],
  { subaccountId }: { readonly subaccountId: string },
) => taken.filter((each) => each['subaccountId'] === subaccountId).map(({ signal }) => signal);

describe('typing and read', () => {
  it('are passed on to routing by number and by chat', async () => {
    const { sub, number, agent, chatId } = await connected();
    await agent.text('1', number);
    const { taken, stop } = await platform.takeSignals();
    const of = { subaccountId: sub.subaccountId, agencyId: sub.agencyId, chatId };
    agent.send({ type: 'typing.start', to: number });
    agent.send({ type: 'typing.stop', chatId });
    agent.send({ type: 'read', chatId });
    await eventually(() =>
      expect(taken).toEqual([
        { ...of, signal: 'typing.start' },
        { ...of, signal: 'typing.stop' },
        { ...of, signal: 'read' },
      ]),
    );
    stop();
    await agent.end();
  });

  it.each(['a send', 'its time', 'the socket’s end'])('stop with %s', async (cause) => {
    const { sub, number, agent } = await connected();
    const { taken, stop } = await platform.takeSignals();
    agent.send({ type: 'typing.start', to: number });
    await eventually(() => expect(ofSub(taken, sub)).toHaveLength(1));
    if (cause === 'a send') await agent.text('1', number);
    if (cause === 'the socket’s end') await agent.end();
    await eventually(() => expect(ofSub(taken, sub)).toEqual(['typing.start', 'typing.stop']));
    stop();
    await agent.end();
  });

  it('are refused with an error frame by their id: no route, no chat, a group', async () => {
    const { sub, number, agent } = await connected();
    const another = await platform.route(sub);
    agent.send({ type: 'send', id: 'g', to: [number, another], parts: [{ type: 'text', value: 'all' }] });
    const { chatId } = await agent.result('g');
    agent.send({ type: 'typing.start', id: 'a', to: '+12125550199' });
    agent.send({ type: 'read', id: 'b', chatId: newId() });
    agent.send({ type: 'typing.start', id: 'c', chatId });
    const codeOf = async (id: string) => (await agent.first('error', (frame) => frame['id'] === id))['code'];
    expect([await codeOf('a'), await codeOf('b'), await codeOf('c')]).toEqual([
      'route_not_registered',
      'chat_not_found',
      'invalid_frame',
    ]);
    await agent.end();
  });

  it('of a customer reach the agent, and end by themselves', async () => {
    const { sub, number, agent, chatId } = await connected();
    // By its result the gateway listens, too.
    await agent.text('1', number);
    platform.signal(sub, { type: 'typing', from: number, chatId, state: 'started' });
    expect(await agent.first('typing', (frame) => frame['state'] === 'started')).toEqual({
      type: 'typing',
      from: number,
      chatId,
      state: 'started',
    });
    await agent.first('typing', (frame) => frame['state'] === 'stopped');
    await agent.end();
  });
});
