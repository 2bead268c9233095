import { setTimeout as pause } from 'node:timers/promises';
import { Agent } from './support/agent';
import { Platform } from './support/platform';
import { newAgency, newRoute, newSubaccount } from './support/tenants';
import { around, shortOrLong } from './support/test-length';

const seconds = shortOrLong(20, 600);
const sockets = shortOrLong(50, 2_000);

describe('a soak', () => {
  let platform: Platform;
  beforeAll(async () => {
    platform = await Platform.start('--limits', 'relaxed');
  }, around(0));
  afterAll(() => platform.dispose(), around(0));

  /** Bytes that the gateway's heap holds after what is garbage was collected some time: the least of a few looks. */
  const heapBytes = async (): Promise<number> => {
    const { services } = await platform.run();
    const health = services.find(({ name }) => name === 'gateway')?.health ?? '';
    const looks: number[] = [];
    for (let look = 0; look < 10; look += 1) {
      const metrics = await (await fetch(health.replace('/health/ready', '/metrics'))).text();
      looks.push(Number(/^nodejs_heap_size_used_bytes (\S+)/m.exec(metrics)?.[1]));
      await pause(200);
    }
    return Math.min(...looks);
  };

  it(
    'of many sockets that chat drops none and leaves the heap flat',
    async () => {
      const run = await platform.run();
      const agency = await newAgency(run);
      const agents: { readonly phone: string; readonly agent: Agent }[] = [];
      for (let index = 0; index < sockets; index += 1) {
        const subaccount = await newSubaccount(run, agency, { message_limit: 1_000_000 });
        const phone = await newRoute(subaccount);
        agents.push({ phone, agent: await Agent.connect(run.socket, subaccount.key) });
      }
      const chat = async (rounds: number, pauseMs: number) => {
        for (let round = 0; round < rounds; round += 1) {
          await Promise.all(
            agents.map(async ({ agent, phone }, index) => {
              if (index % 10 !== round % 10) return;
              agent.frames.length = 0;
              expect(await agent.text(`id-${round}`, phone, `text ${round}`)).toMatchObject({ ok: true });
            }),
          );
          await pause(pauseMs);
        }
      };
      await chat(20, 50);
      const before = await heapBytes();
      await chat(seconds * 4, 200);
      const after = await heapBytes();
      expect(agents.filter(({ agent }) => agent.closed !== undefined)).toEqual([]);
      expect(after / before).toBeLessThan(1.5);
      await Promise.all(agents.map(({ agent }) => agent.close()));
    },
    around(seconds * 3 + sockets),
  );
});
