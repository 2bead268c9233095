import { hashApiKey } from '@claw/contracts';
import { eventually, withNats } from '@claw/testing';
import { Platform, randomKey } from './testing/platform.fixture';
import { TestAgent } from './testing/test-agent.fixture';
import { startGateway, type TestGateway } from './testing/test-gateway.fixture';

const nats = withNats();
let platform: Platform;
let gateway: TestGateway;
let other: TestGateway;

beforeAll(async () => {
  platform = await Platform.on(nats.url);
  [gateway, other] = await Promise.all([
    startGateway({ natsUrl: nats.url }),
    startGateway({ natsUrl: nats.url, timings: { pingEvery: 100, idle: 600 } }),
  ]);
}, 60_000);

afterAll(async () => {
  await Promise.all([gateway.stop(), other.stop()]);
  await platform.close();
});

describe('a live socket', () => {
  it.each([
    [
      'its key is rotated',
      4001,
      'invalid_api_key',
      (sub: Sub) => platform.putSubaccount(sub, { keyHash: hashApiKey(randomKey()) }),
    ],
    [
      'its subaccount is closed',
      4001,
      'invalid_api_key',
      (sub: Sub) => platform.putSubaccount(sub, { status: 'closed' }),
    ],
    [
      'its subaccount is suspended',
      4003,
      'subaccount_suspended',
      (sub: Sub) => platform.putSubaccount(sub, { status: 'suspended' }),
    ],
    [
      'its agency is suspended',
      4003,
      'subaccount_suspended',
      (sub: Sub) => platform.putAgency(sub.agencyId, { status: 'suspended' }),
    ],
  ])('is told and ends within 250 ms when %s', async (_what, code, errorCode, change) => {
    const sub = await platform.subaccount();
    const bystander = await TestAgent.connect(gateway.socket, (await platform.subaccount()).key);
    const agent = await TestAgent.connect(gateway.socket, sub.key);
    await change(sub);
    const changedMs = performance.now();
    const closed = await agent.untilClosed();
    expect(closed.code).toBe(code);
    expect(closed.atMs - changedMs).toBeLessThan(250);
    expect(agent.frames.at(-1)).toMatchObject({ type: 'error', code: errorCode });
    expect(bystander.closed).toBeUndefined();
    await bystander.end();
  });

  it('stays when its subaccount’s limit is changed', async () => {
    const sub = await platform.subaccount({ messageLimit: 0 });
    const number = await platform.route(sub);
    const agent = await TestAgent.connect(gateway.socket, sub.key);
    expect(await agent.text('1', number)).toMatchObject({ errorCode: 'message_limit_reached' });
    await platform.putSubaccount(sub, { messageLimit: 1 });
    await agent.first('send.result', ({ ok, errorCode }) => {
      if (ok !== true && errorCode === 'message_limit_reached')
        agent.sendText(`again-${agent.frames.length}`, number);
      return ok === true;
    });
    await agent.end();
  });

  it('is pinged, and lives as long as it answers', async () => {
    const agent = await TestAgent.connect(other.socket, (await platform.subaccount()).key);
    await agent.first('ping');
    const silent = await TestAgent.connect(other.socket, (await platform.subaccount()).key);
    silent.answersPings = false;
    expect((await silent.untilClosed()).code).toBe(4000);
    expect(silent.all('ping').length).toBeGreaterThan(1);
    expect(agent.closed).toBeUndefined();
    await agent.end();
  });

  it('is warned when it floods, and ends with 4029 when it goes on', async () => {
    const agent = await TestAgent.connect(gateway.socket, (await platform.subaccount()).key);
    for (let index = 0; index < 70; index += 1) agent.send({ type: 'ping' });
    expect(await agent.first('error')).toMatchObject({ code: 'rate_limited' });
    expect(agent.closed).toBeUndefined();
    agent.sendText('over', '+12125550100');
    expect(await agent.result('over')).toMatchObject({ ok: false, errorCode: 'rate_limited' });
    for (let index = 0; index < 200; index += 1) agent.send({ type: 'ping' });
    expect((await agent.untilClosed()).code).toBe(4029);
  });
});

describe('a newer connection', () => {
  it.each([
    ['the same gateway', () => gateway],
    ['another gateway', () => other],
  ])('at %s ends the older one with 1008', async (_where, where) => {
    const sub = await platform.subaccount();
    const number = await platform.route(sub);
    const older = await TestAgent.connect(gateway.socket, sub.key);
    expect(await older.text('1', number)).toMatchObject({ ok: true });
    const newer = await TestAgent.connect(where().socket, sub.key);
    const connectedMs = performance.now();
    const closed = await older.untilClosed();
    expect(closed.code).toBe(1008);
    expect(closed.atMs - connectedMs).toBeLessThan(250);
    expect(await newer.first('ready')).toMatchObject({ used: 1 });
    expect(await newer.text('2', number)).toMatchObject({ ok: true });
    await newer.end();
  });

  it('is refused instead after three takeovers in ten seconds, so that two stubborn clients come to rest', async () => {
    const sub = await platform.subaccount();
    const sockets = [gateway.socket, other.socket, gateway.socket, gateway.socket];
    const agents: TestAgent[] = [];
    for (const socket of sockets) agents.push(await TestAgent.connect(socket, sub.key));
    const contested = await TestAgent.open(`${other.socket}?key=${sub.key}`);
    expect((await contested.untilClosed()).code).toBe(1008);
    expect(contested.frames).toMatchObject([{ type: 'error', code: 'connection_contested' }]);
    expect(agents.at(-1)?.closed).toBeUndefined();
    await agents.at(-1)?.end();
  });

  it('is none where the older one had left: reconnecting often is allowed', async () => {
    const sub = await platform.subaccount();
    for (let round = 0; round < 6; round += 1) {
      const agent = await TestAgent.connect(round % 2 === 0 ? gateway.socket : other.socket, sub.key);
      await agent.end();
      await eventually(async () => expect((await platform.usage(sub)).connected).toBe(false));
    }
  });
});

describe('a gateway that is told to stop', () => {
  it('tells its agents when to come back, answers what is under way, and closes with 1012; others go on', async () => {
    const leaving = await startGateway({ natsUrl: nats.url, limits: 'relaxed' });
    const sub = await platform.subaccount();
    const number = await platform.route(sub);
    const agent = await TestAgent.connect(leaving.socket, sub.key);
    const ids = Array.from({ length: 50 }, (_, index) => `m-${index}`);
    for (const id of ids) agent.sendText(id, number, id);
    await agent.result('m-0');
    const stopped = leaving.stop();
    expect(await agent.first('draining')).toMatchObject({ reconnect_after_ms: expect.any(Number) });
    expect((await agent.untilClosed()).code).toBe(1012);
    await stopped;
    const answered = agent.all('send.result').filter(({ ok }) => ok === true);
    expect(await platform.outbound(sub)).toHaveLength(answered.length);
    const again = await TestAgent.connect(gateway.socket, sub.key);
    expect(await again.first('ready')).toMatchObject({ used: answered.length });
    expect((await platform.quota(sub))?.value).toMatchObject({ debtors: [], used: answered.length });
    await again.end();
  }, 30_000);
});

type Sub = Awaited<ReturnType<Platform['subaccount']>>;
