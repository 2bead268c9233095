import { eventually, withNats } from '@claw/testing';
import { Platform } from './testing/platform.fixture';
import { TestAgent } from './testing/test-agent.fixture';
import { startGateway, type TestGateway } from './testing/test-gateway.fixture';

const nats = withNats();
let platform: Platform;
let gateway: TestGateway;

beforeAll(async () => {
  platform = await Platform.on(nats.url);
  gateway = await startGateway({ natsUrl: nats.url, limits: 'relaxed' });
}, 60_000);

afterAll(async () => {
  await gateway.stop();
  await platform.close();
});

beforeEach(async () => {
  await nats.up();
  await platform.nats.up(10_000);
});

const ready = async (): Promise<void> => {
  const { status } = await fetch(`${gateway.http}/health/ready`);
  expect(status).toBe(200);
};

describe('while NATS is down', () => {
  it('answers 503 before the upgrade, says it is not ready, and lets in when NATS is back', async () => {
    const sub = await platform.subaccount();
    await nats.down();
    await expect(TestAgent.open(`${gateway.socket}?key=${sub.key}`)).rejects.toMatchObject({ status: 503 });
    await expect(ready()).rejects.toThrow();
    expect((await fetch(`${gateway.http}/health/live`)).status).toBe(200);
    await nats.up();
    const agent = await eventually(() => TestAgent.connect(gateway.socket, sub.key), { withinMs: 20_000 });
    await agent.end();
  }, 40_000);

  it('answers a send unavailable in time, keeps the socket, and never publishes it behind the agent’s back', async () => {
    const sub = await platform.subaccount();
    const number = await platform.route(sub);
    const agent = await TestAgent.connect(gateway.socket, sub.key);
    expect(await agent.text('before', number)).toMatchObject({ ok: true });
    await nats.down();
    agent.sendText('during', number);
    expect(await agent.result('during', 10_000)).toMatchObject({ ok: false, errorCode: 'unavailable' });
    await nats.up();
    await platform.nats.up(10_000);
    const after = await eventually(
      async () => {
        const result = await agent.text(`after-${performance.now()}`, number);
        expect(result['ok']).toBe(true);
        return result;
      },
      { withinMs: 20_000, everyMs: 100 },
    );
    const stored = await platform.outbound(sub);
    expect(stored.map(({ clientId }) => clientId)).not.toContain('during');
    expect(stored.at(-1)?.messageId).toBe(after['messageId']);
    expect((await platform.usage(sub)).used).toBe(stored.length);
    await agent.end();
  }, 60_000);

  it('loses no answered send and doubles none when NATS crashes in the middle of sending and every refused send is sent again', async () => {
    const sub = await platform.subaccount();
    const number = await platform.route(sub);
    const agent = await TestAgent.connect(gateway.socket, sub.key);
    const ids = Array.from({ length: 300 }, (_, index) => `m-${index}`);
    const answers = new Map<string, string>();
    const sendAll = async (): Promise<void> => {
      const left = ids.filter((id) => !answers.has(id));
      const from = agent.frames.length;
      for (const id of left) agent.sendText(id, number, id);
      await eventually(
        () => {
          const results = agent.frames.slice(from).filter(({ type }) => type === 'send.result');
          for (const result of results) {
            if (result['ok'] === true) answers.set(String(result['id']), String(result['messageId']));
          }
          expect(results).toHaveLength(left.length);
        },
        { withinMs: 15_000 },
      );
    };
    const crash = eventually(async () => {
      expect(agent.all('send.result').length).toBeGreaterThan(20);
      await nats.crash();
    });
    await sendAll();
    await crash;
    await nats.up();
    await platform.nats.up(10_000);
    await eventually(
      async () => {
        await sendAll();
        expect(answers.size).toBe(ids.length);
      },
      { withinMs: 30_000, everyMs: 200 },
    );
    const stored = await platform.outbound(sub);
    expect(stored.map(({ clientId }) => clientId).sort()).toEqual([...ids].sort());
    for (const { clientId, messageId } of stored) expect(answers.get(String(clientId))).toBe(messageId);
    await eventually(async () => expect((await platform.usage(sub)).used).toBe(ids.length), {
      withinMs: 15_000,
    });
    await agent.end();
  }, 90_000);

  it('fills a feed up with what came while the gateway was cut off', async () => {
    const sub = await platform.subaccount();
    const agent = await TestAgent.connect(gateway.socket, sub.key);
    const first = await platform.feed(sub, 'before');
    await agent.first('message', ({ seq }) => seq === first);
    await nats.down();
    await nats.up();
    await platform.nats.up(10_000);
    const second = await platform.feed(sub, 'at once after');
    await agent.first('message', ({ seq }) => seq === second, 15_000);
    expect(agent.all('message').map(({ seq }) => seq)).toEqual([first, second]);
    await agent.end();
  }, 60_000);

  it('hears everything live also where its connection was ended for good and a new one was made', async () => {
    const sub = await platform.subaccount();
    const from = await platform.route(sub);
    const agent = await TestAgent.connect(gateway.socket, sub.key);
    const { connection } = gateway.nats.now();
    await connection.close();
    await eventually(() => expect(gateway.nats.now().connection).not.toBe(connection), { withinMs: 10_000 });
    // Once what was missed has been filled up, whatever comes next comes live or not at all.
    const missed = await platform.feed(sub, 'meanwhile');
    await agent.first('message', ({ seq }) => seq === missed, 15_000);
    const live = await platform.feed(sub, 'live');
    await agent.first('message', ({ seq }) => seq === live);
    platform.signal(sub, { type: 'typing', from, chatId: 'chat', state: 'started' });
    await agent.first('typing', ({ chatId }) => chatId === 'chat');
    await agent.end();
  }, 60_000);
});
