import { epochMs, instant, monthOf } from '@claw/kernel';
import { eventually, withNats } from '@claw/testing';
import { Platform } from './testing/platform.fixture';
import { TestAgent } from './testing/test-agent.fixture';
import { startGateway, type TestGateway } from './testing/test-gateway.fixture';

const edge = instant('2030-02-01T00:00:00Z');
const [january, february] = [monthOf(instant('2030-01-01')), monthOf(edge)];
const messageLimit = 400;

const nats = withNats();
let platform: Platform;
let gateways: readonly TestGateway[];
/** How far the gateways' clock is ahead of the machine's. */
let aheadMs = 0;
/** How often the clock may still be looked at until the month is over. */
let looksToEdge = Infinity;
const nowMs = () => {
  looksToEdge -= 1;
  return looksToEdge < 0 ? epochMs(edge) + 1 : Date.now() + aheadMs;
};
const setClock = (msToEdge: number) => {
  looksToEdge = Infinity;
  aheadMs = epochMs(edge) - msToEdge - Date.now();
};

beforeAll(async () => {
  platform = await Platform.on(nats.url);
  const options = { natsUrl: nats.url, limits: 'relaxed' as const, nowMs };
  gateways = await Promise.all([startGateway(options), startGateway(options)]);
}, 60_000);

afterAll(async () => {
  await Promise.all(gateways.map((gateway) => gateway.stop()));
  await platform.close();
});

/** Messages in OUTBOUND by the month that they were accepted in. */
const acceptedIn = async (sub: Parameters<Platform['outbound']>[0]) => {
  const months = (await platform.outbound(sub)).map(({ acceptedAt }) => monthOf(acceptedAt));
  return {
    january: months.filter((month) => month === january).length,
    february: months.filter((month) => month === february).length,
  };
};

// Seen red with the month left out of the recount of OUTBOUND, and with an allowance that doesn't end with its month.
describe('a month that ends while an agent sends', () => {
  it('takes each message into the month that it was accepted in, and starts the limit anew', async () => {
    setClock(3_600_000);
    const sub = await platform.subaccount({ messageLimit });
    const number = await platform.route(sub);
    const agent = await TestAgent.connect(gateways[0]?.socket ?? '', sub.key);
    setClock(1_000);
    let sent = 0;
    const rest: Promise<unknown>[] = [];
    await eventually(
      () => {
        for (let index = 0; index < 5; index += 1) agent.sendText(`m-${sent}-${index}`, number);
        if (sent % 5 === 0) rest.push(platform.restSend(sub, number));
        sent += 1;
        expect(nowMs()).toBeGreaterThan(epochMs(edge) + 300);
      },
      { withinMs: 15_000, everyMs: 5 },
    );
    await Promise.all(rest);
    await eventually(() => expect(agent.all('send.result')).toHaveLength(sent * 5), { withinMs: 20_000 });

    const accepted = await acceptedIn(sub);
    expect(accepted.january).toBeGreaterThan(0);
    expect(accepted.february).toBeGreaterThan(0);
    expect(Math.max(accepted.january, accepted.february)).toBeLessThanOrEqual(messageLimit);
    expect(await platform.usage(sub)).toMatchObject({ used: accepted.february });
    expect((await platform.rebuildQuota()).written).toBe(0);
    await agent.end();
  }, 60_000);

  it('counts nothing twice that is under way at its edge and was sent again', async () => {
    setClock(3_600_000);
    const sub = await platform.subaccount({ messageLimit });
    const number = await platform.route(sub);
    const agent = await TestAgent.connect(gateways[0]?.socket ?? '', sub.key);
    expect(await agent.text('first', number)).toMatchObject({ ok: true });
    looksToEdge = 60;
    for (let index = 0; index < 100; index += 1) {
      agent.sendText(`m-${index >> 1}`, number);
      agent.sendText(`m-${index >> 1}`, number);
    }
    await eventually(() => expect(agent.all('send.result')).toHaveLength(201));
    const accepted = await acceptedIn(sub);
    expect(accepted.january + accepted.february).toBe(51);
    expect(accepted.january).toBeGreaterThan(1);
    expect(accepted.february).toBeGreaterThan(0);
    expect(await platform.usage(sub)).toMatchObject({ used: accepted.february });
    await agent.end();
  }, 60_000);

  it('lets as many through as the limit on either side of its edge, whoever owns the subaccount', async () => {
    const sub = await platform.subaccount({ messageLimit: 7 });
    const number = await platform.route(sub);
    for (const [msToEdge, gateway] of [
      [30_000, 0],
      [-30_000, 1],
    ] as const) {
      setClock(msToEdge);
      const agent = await TestAgent.connect(gateways[gateway]?.socket ?? '', sub.key);
      const results = [];
      for (let index = 0; index < 9; index += 1)
        results.push(await agent.text(`${gateway}-${index}`, number));
      expect(results.map(({ ok }) => ok)).toEqual([...Array<boolean>(7).fill(true), false, false]);
      const resetsAt = gateway === 0 ? edge : '2030-03-01T00:00:00.000Z';
      expect(results.at(-1)).toMatchObject({
        errorCode: 'message_limit_reached',
        resets_at: resetsAt,
      });
      await agent.end();
    }
    expect(await acceptedIn(sub)).toEqual({ january: 7, february: 7 });
  }, 60_000);
});
