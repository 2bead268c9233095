import { subjects } from '@claw/contracts';
import { JetStreamPublisher } from '@claw/messaging';
import { eventually, withNats } from '@claw/testing';
import { GatewayProcess } from './testing/gateway-process.fixture';
import { Platform, type TestSubaccount } from './testing/platform.fixture';
import { TestAgent } from './testing/test-agent.fixture';
import { startGateway, type TestGateway } from './testing/test-gateway.fixture';

const nats = withNats();
let platform: Platform;
let gateways: TestGateway[];

beforeAll(async () => {
  platform = await Platform.on(nats.url);
  const options = { natsUrl: nats.url, limits: 'relaxed' as const };
  gateways = await Promise.all([startGateway(options), startGateway(options), startGateway(options)]);
}, 60_000);

afterAll(async () => {
  await Promise.all(gateways.map((gateway) => gateway.stop()));
  await platform.close();
});

const distinct = async (sub: TestSubaccount) =>
  new Set((await platform.outbound(sub)).map(({ messageId }) => messageId)).size;

/** Sends over REST until the limit refuses; answers how many were accepted. */
const restUntilRefused = async (sub: TestSubaccount, number: string): Promise<number> => {
  let accepted = 0;
  const endMs = performance.now() + 15_000;
  while (performance.now() < endMs) {
    const result = await platform.restSend(sub, number);
    if (result.ok) accepted += 1;
    else if (result.errorCode === 'message_limit_reached') return accepted;
    else expect(result.errorCode).toBe('unavailable');
  }
  throw new Error('the limit never refused');
};

/** Sends over a socket until the limit refuses; answers how many were accepted. */
const socketUntilRefused = async (agent: TestAgent, number: string, label: string): Promise<number> => {
  let accepted = 0;
  const endMs = performance.now() + 15_000;
  for (let tries = 0; performance.now() < endMs; tries += 1) {
    const result = await agent.text(`${label}-${tries}`, number);
    if (result['ok'] === true) accepted += 1;
    else if (result['errorCode'] === 'message_limit_reached') return accepted;
  }
  throw new Error('the limit never refused');
};

describe('the message limit', () => {
  it('is met to the message by a socket and REST calls to three gateways racing at its edge', async () => {
    const sub = await platform.subaccount({ messageLimit: 137 });
    const number = await platform.route(sub);
    const agent = await TestAgent.connect(gateways[0]?.socket ?? '', sub.key);
    const counts = await Promise.all([
      socketUntilRefused(agent, number, 'a'),
      ...Array.from({ length: 8 }, () => restUntilRefused(sub, number)),
    ]);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(137);
    expect(await distinct(sub)).toBe(137);
    expect(await platform.usage(sub)).toMatchObject({ used: 137, connected: true });
    await agent.end();
  }, 60_000);

  it('is met to the message when sends are in flight by the hundred', async () => {
    const sub = await platform.subaccount({ messageLimit: 333 });
    const number = await platform.route(sub);
    const agent = await TestAgent.connect(gateways[1]?.socket ?? '', sub.key);
    const ids = Array.from({ length: 500 }, (_, index) => `m-${index}`);
    for (const id of ids) agent.sendText(id, number, id);
    await eventually(() => expect(agent.all('send.result')).toHaveLength(500), { withinMs: 20_000 });
    expect(agent.all('send.result').filter(({ ok }) => ok === true)).toHaveLength(333);
    expect(await distinct(sub)).toBe(333);
    await agent.end();
  }, 60_000);

  it('is met while sockets keep taking the subaccount from each other', async () => {
    const sub = await platform.subaccount({ messageLimit: 60 });
    const number = await platform.route(sub);
    let accepted = 0;
    for (let round = 0; round < 4; round += 1) {
      const agent = await TestAgent.connect(gateways[round % 3]?.socket ?? '', sub.key);
      if (round === 3) accepted += await socketUntilRefused(agent, number, `r${round}`);
      else {
        for (let index = 0; index < 10; index += 1) agent.sendText(`r${round}-${index}`, number);
        await Promise.all(Array.from({ length: 10 }, (_, index) => agent.result(`r${round}-${index}`)));
        accepted += agent.all('send.result').filter(({ ok }) => ok === true).length;
      }
      await agent.end();
      await eventually(async () => expect((await platform.usage(sub)).connected).toBe(false));
    }
    expect(accepted).toBe(60);
    expect(await distinct(sub)).toBe(60);
  }, 60_000);

  it('is neither passed nor withheld when its owner is killed, once that is reconciled', async () => {
    const victim = await GatewayProcess.start(nats.url);
    const sub = await platform.subaccount({ messageLimit: 200 });
    const number = await platform.route(sub);
    const agent = await TestAgent.connect(victim.socket, sub.key);
    const ids = Array.from({ length: 90 }, (_, index) => `m-${index}`);
    for (const id of ids) agent.sendText(id, number, id);
    await agent.result('m-40');
    await victim.kill();
    const killedMs = performance.now();
    const acknowledged = agent.all('send.result').filter(({ ok }) => ok === true);
    const left = await distinct(sub);
    expect(left).toBeGreaterThanOrEqual(acknowledged.length);

    const next = await TestAgent.connect(gateways[0]?.socket ?? '', sub.key);
    expect(performance.now() - killedMs).toBeLessThan(3_000);
    expect(await next.text('at once', number)).toMatchObject({ ok: true });
    const accepted = await socketUntilRefused(next, number, 'after');
    expect(performance.now() - killedMs).toBeLessThan(10_000);
    expect(left + 1 + accepted).toBe(200);
    expect(await distinct(sub)).toBe(200);
    const stored = new Set((await platform.outbound(sub)).map(({ messageId }) => messageId));
    for (const { messageId } of acknowledged) expect(stored).toContain(messageId);
    await next.end();
  }, 60_000);

  it('goes on over REST at once when the owner of a socketless subaccount is killed', async () => {
    const victim = await GatewayProcess.start(nats.url);
    const sub = await platform.subaccount({ messageLimit: 20 });
    const number = await platform.route(sub);
    const agent = await TestAgent.connect(victim.socket, sub.key);
    expect(await agent.text('1', number)).toMatchObject({ ok: true });
    await victim.kill();
    expect(await platform.restSend(sub, number)).toMatchObject({ ok: true });
    expect(2 + (await restUntilRefused(sub, number))).toBe(20);
    expect(await distinct(sub)).toBe(20);
  }, 60_000);

  it('is given back settled by a gateway that stops in order, which exits 0', async () => {
    const leaving = await GatewayProcess.start(nats.url);
    const sub = await platform.subaccount({ messageLimit: 20 });
    const number = await platform.route(sub);
    const agent = await TestAgent.connect(leaving.socket, sub.key);
    for (let index = 0; index < 7; index += 1) await agent.text(`${index}`, number);
    expect(await leaving.stop()).toBe(0);
    expect((await agent.untilClosed()).code).toBe(1012);
    expect((await platform.quota(sub))?.value).toMatchObject({ used: 7, granted: 0, owner: null });
  }, 60_000);

  it('applies at once when it is changed, up and down', async () => {
    const sub = await platform.subaccount({ messageLimit: 1 });
    const number = await platform.route(sub);
    expect(await platform.restSend(sub, number)).toMatchObject({ ok: true });
    expect(await platform.restSend(sub, number)).toMatchObject({ errorCode: 'message_limit_reached' });
    await platform.putSubaccount(sub, { messageLimit: 50 });
    await eventually(async () => expect(await platform.restSend(sub, number)).toMatchObject({ ok: true }));
    await platform.putSubaccount(sub, { messageLimit: 1 });
    await eventually(async () =>
      expect(await platform.restSend(sub, number)).toMatchObject({ errorCode: 'message_limit_reached' }),
    );
  });
});

describe('a rebuild of quota', () => {
  it('counts anew from OUTBOUND under traffic, and refuses nothing meanwhile', async () => {
    const subs = await Promise.all([1, 2, 3].map(() => platform.subaccount({ messageLimit: 10_000 })));
    const numbers = await Promise.all(subs.map((sub) => platform.route(sub)));
    const agents = await Promise.all(
      subs.map((sub, index) => TestAgent.connect(gateways[index]?.socket ?? '', sub.key)),
    );
    let rebuilding = true;
    const rebuilds = (async () => {
      for (let round = 0; round < 5; round += 1) await platform.rebuildQuota();
      rebuilding = false;
    })();
    const sending = agents.map(async (agent, index) => {
      for (let sent = 0; rebuilding && sent < 5_000; sent += 1) {
        expect(await agent.text(`m-${sent}`, numbers[index] ?? '')).toMatchObject({ ok: true });
      }
    });
    await Promise.all([rebuilds, ...sending]);
    for (const sub of subs) expect((await platform.usage(sub)).used).toBe(await distinct(sub));
    await Promise.all(agents.map((agent) => agent.end()));
  }, 60_000);

  it('mends a record that is wrong, and makes one that is lost', async () => {
    const [wrong, lost] = await Promise.all([platform.subaccount(), platform.subaccount()]);
    for (const sub of [wrong, lost]) {
      const leaving = await startGateway({ natsUrl: nats.url });
      const agent = await TestAgent.connect(leaving.socket, sub.key);
      const number = await platform.route(sub);
      for (let index = 0; index < 3; index += 1) await agent.text(`${index}`, number);
      await leaving.stop();
    }
    await platform.overwriteQuota(wrong, { used: 77 });
    await platform.overwriteQuota(lost, undefined);
    const rebuilt = await platform.rebuildQuota();
    expect(rebuilt.written).toBeGreaterThanOrEqual(2);
    expect((await platform.usage(wrong)).used).toBe(3);
    expect((await platform.quota(lost))?.value.used).toBe(3);
  }, 60_000);

  it('counts nothing that can’t be read, and all else', async () => {
    const sub = await platform.subaccount();
    const number = await platform.route(sub);
    const agent = await TestAgent.connect(gateways[0]?.socket ?? '', sub.key);
    const { chatId } = await agent.text('1', number);
    const nonsense = subjects.outbound(String(chatId), sub.subaccountId);
    await new JetStreamPublisher(platform.nats).publish(nonsense, { kind: 'of the future' });
    await agent.text('2', number);
    await platform.rebuildQuota();
    expect((await platform.usage(sub)).used).toBe(2);
    await agent.end();
  });
});
