import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { hashApiKey, subjects } from '@claw/contracts';
import { eventually, withNats } from '@claw/testing';
import { ErrorCode } from 'nats';
import { Platform, randomKey } from './testing/platform.fixture';
import { TestAgent } from './testing/test-agent.fixture';
import { startGateway, type TestGateway } from './testing/test-gateway.fixture';

const nats = withNats();
let platform: Platform;
let gateway: TestGateway;

beforeAll(async () => {
  platform = await Platform.on(nats.url);
  gateway = await startGateway({ natsUrl: nats.url, timings: { auth: 300 } });
}, 60_000);

afterAll(async () => {
  await gateway.stop();
  await platform.close();
});

const opening = (key?: string) =>
  TestAgent.open(key === undefined ? gateway.socket : `${gateway.socket}?key=${key}`);
const refusedWith = (status: number) => ({ message: `upgrade refused: ${status}` });

describe('opening a socket', () => {
  it('says ready to a key in the URL, with the feed, the limits and what is used', async () => {
    const sub = await platform.subaccount({ messageLimit: 7 });
    const agent = await TestAgent.connect(gateway.socket, sub.key);
    const ready = await agent.first('ready');
    expect(ready).toMatchObject({ sending_number: '+12025550100', seq: 0, used: 0, message_limit: 7 });
    expect(Number.isNaN(Date.parse(String(ready['epoch'])))).toBe(false);
    expect(ready['limits']).toMatchObject({ sends_per_second: 10, sends_burst: 30, frames_per_second: 20 });
    await agent.end();
  });

  it('says ready to a key in the Authorization header', async () => {
    const sub = await platform.subaccount();
    const agent = await TestAgent.open(`${gateway.socket}?client=test/1.0`, {
      headers: { Authorization: `Bearer ${sub.key}` },
    });
    await agent.first('ready');
    await agent.end();
  });

  it('says ready to a key in the first frame, after telling other frames to wait for it', async () => {
    const sub = await platform.subaccount();
    const agent = await opening();
    agent.send({ type: 'ping' });
    expect(await agent.first('error')).toMatchObject({ code: 'invalid_api_key' });
    agent.send({ type: 'auth', key: sub.key });
    await agent.first('ready');
    await agent.end();
  });

  it('answers what comes in one go with the first frame’s key', async () => {
    const sub = await platform.subaccount();
    const number = await platform.route(sub);
    const { hostname: host, port } = new URL(gateway.socket);
    const wire = connect({ host, port: Number(port) });
    const agent = await TestAgent.open(gateway.socket, { createConnection: () => wire });
    wire.cork();
    agent.send({ type: 'auth', key: sub.key });
    for (let n = 0; n < 5; n += 1) agent.sendText(`early-${n}`, number, `text ${n}`);
    wire.uncork();
    for (let n = 0; n < 5; n += 1) expect(await agent.result(`early-${n}`)).toMatchObject({ ok: true });
    expect((await platform.outbound(sub)).map(({ clientId }) => clientId)).toEqual(
      [0, 1, 2, 3, 4].map((n) => `early-${n}`),
    );
    expect(agent.frames[0]).toMatchObject({ type: 'ready' });
    await agent.end();
  });

  it('lets go of everything where a handshake with a good key is no handshake', async () => {
    const sub = await platform.subaccount();
    const handshake = async (): Promise<number> => {
      const headers = { Connection: 'Upgrade', Upgrade: 'websocket', 'Sec-WebSocket-Version': '13' };
      const asked = get(`${gateway.http}/ws?key=${sub.key}`, { headers });
      const [response] = (await once(asked, 'response')) as [IncomingMessage];
      response.resume();
      return response.statusCode ?? 0;
    };
    expect(await handshake()).toBe(400);
    const { connection } = platform.nats.now();
    const asking = () => connection.request(subjects.live(sub.subaccountId), '', { timeout: 200 });
    await eventually(() => expect(asking()).rejects.toMatchObject({ code: ErrorCode.NoResponders }));
  });

  it('ends a socket whose agency was suspended while it was being opened', async () => {
    const sub = await platform.subaccount();
    const { agencies, agencyBucket } = gateway.projections;
    const get = agencyBucket.get.bind(agencyBucket);
    const read = jest.spyOn(agencyBucket, 'get').mockImplementationOnce(async (key) => {
      const before = await get(key);
      await platform.putAgency(sub.agencyId, { status: 'suspended', suspensions: ['operator'] });
      await eventually(() => expect(agencies.get(key)?.status).toBe('suspended'));
      return before;
    });
    const agent = await opening(sub.key);
    expect((await agent.untilClosed()).code).toBe(4003);
    read.mockRestore();
  });

  it('ends a socket that floods before it brings its key with 4029', async () => {
    const agent = await opening();
    for (let n = 0; n < 300; n += 1) agent.send({ type: 'ping' });
    expect((await agent.untilClosed()).code).toBe(4029);
    expect(agent.all('error').length).toBeLessThan(200);
  });

  it('ends a socket that brings no key in time with 4001', async () => {
    const agent = await opening();
    expect((await agent.untilClosed()).code).toBe(4001);
    expect(agent.all('error')).toHaveLength(1);
  });

  it('answers 401 to a key that nobody has, and to one that is none', async () => {
    await expect(opening(randomKey())).rejects.toMatchObject(refusedWith(401));
    await expect(opening('garbage')).rejects.toMatchObject(refusedWith(401));
  });

  it('answers 401 to a rotated key, also before the projection tells of it', async () => {
    const sub = await platform.subaccount();
    await platform.putKey(sub, sub.key, true);
    await expect(opening(sub.key)).rejects.toMatchObject(refusedWith(401));
  });

  it('answers 401 to a key that its subaccount has replaced', async () => {
    const sub = await platform.subaccount();
    await platform.putSubaccount(sub, { keyHash: hashApiKey(randomKey()) });
    await expect(opening(sub.key)).rejects.toMatchObject(refusedWith(401));
  });

  it('answers 401 to the key of a closed subaccount', async () => {
    const sub = await platform.subaccount({ status: 'closed' });
    await expect(opening(sub.key)).rejects.toMatchObject(refusedWith(401));
  });

  it('answers 403 to a parent key', async () => {
    const { parentKey } = await platform.agency();
    await expect(opening(parentKey)).rejects.toMatchObject(refusedWith(403));
  });

  it.each([
    ['a suspended subaccount', 'active', 'suspended'],
    ['a subaccount of a suspended agency', 'suspended', 'active'],
    ['a subaccount of an agency that was never activated', 'pending', 'active'],
  ] as const)('upgrades %s, tells it, and closes with 4003', async (_who, agencyStatus, status) => {
    const { agencyId } = await platform.agency({ status: agencyStatus });
    const sub = await platform.subaccount({ status }, agencyId);
    const agent = await opening(sub.key);
    expect((await agent.untilClosed()).code).toBe(4003);
    expect(agent.frames).toMatchObject([{ type: 'error', code: 'subaccount_suspended' }]);
  });

  it('closes with 4001 after a first frame with an unknown or a parent key', async () => {
    const { parentKey } = await platform.agency();
    for (const [key, code] of [
      [randomKey(), 'invalid_api_key'],
      [parentKey, 'wrong_key_type'],
    ] as const) {
      const agent = await opening();
      agent.send({ type: 'auth', key });
      expect((await agent.untilClosed()).code).toBe(4001);
      expect(agent.frames).toMatchObject([{ type: 'error', code }]);
    }
  });

  it('has no socket at another path', async () => {
    await expect(TestAgent.open(gateway.socket.replace('/ws', '/other'))).rejects.toMatchObject(
      refusedWith(404),
    );
  });
});
