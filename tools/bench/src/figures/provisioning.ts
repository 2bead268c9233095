import { randomBytes } from 'node:crypto';
import { Agent, request } from 'node:http';
import { atMost, type Figure } from '../figure';
import { compared, interleaved, median } from '../rounds';
import { Workbench } from '../workbench';

const rounds = 5;
const callsAlone = 150;
const callsTogether = 600;
const together = 50;

/** Creating subaccounts, beside the sum of its parts: HTTP, a NATS request, an append, a KV put, an insert. */
export const provisioning = (): Promise<readonly Figure[]> =>
  Workbench.use(async (bench) => {
    const POSTGRES_URL = await bench.postgres();
    const EVENTSTORE_URL = await bench.eventStore();
    const token = randomBytes(24).toString('hex');
    await bench.service('tenancy', { POSTGRES_URL, EVENTSTORE_URL });
    const api = await bench.service('api', { OPERATOR_TOKEN: token, PUBLIC_URL: 'http://127.0.0.1' });
    await bench.link.jetStream().views.kv('bench');
    await bench.baseline('provisioning-worker', { POSTGRES_URL, EVENTSTORE_URL });
    const front = await bench.baseline('provisioning-front');

    const base = `http://127.0.0.1:${api.port}`;
    await post(base, '/api/operator/numbers', token, { phone_numbers: ['+15005550001'] });
    const { api_key: parentKey } = (await post(base, '/api/operator/agencies', token, {
      name: 'Bench',
      email: 'bench@example.com',
    })) as { api_key: string };
    const ours = (calls: number, atOnce: number) => () =>
      p50(calls, atOnce, () => post(base, '/api/agency/subaccounts', parentKey, { name: 'Bench' }));
    const beside = (calls: number, atOnce: number) => () =>
      p50(calls, atOnce, () => post(`http://127.0.0.1:${front.port}`, '/', 'none', { name: 'Bench' }));
    await ours(callsAlone, 10)();
    await beside(callsAlone, 10)();
    const alone = await interleaved(rounds, ours(callsAlone, 1), beside(callsAlone, 1));
    const crowd = await interleaved(rounds, ours(callsTogether, together), beside(callsTogether, together));
    return [
      compared('provisioning one at a time, ms, p50', alone, atMost(1.5)),
      compared('provisioning 50 at once, ms, p50', crowd, atMost(1.5)),
    ];
  });

/** The median of so many calls' milliseconds, with so many under way. */
const p50 = async (calls: number, atOnce: number, call: () => Promise<unknown>): Promise<number> => {
  const latencies: number[] = [];
  let left = calls;
  const work = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const since = performance.now();
      await call();
      latencies.push(performance.now() - since);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return median(latencies);
};

const agent = new Agent({ keepAlive: true, maxSockets: together });

/** Through node:http, which costs the caller least: `fetch` would cover what is measured. */
const post = (base: string, path: string, key: string, body: object): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const sent = request(
      base + path,
      {
        method: 'POST',
        agent,
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          if (response.statusCode === 200) resolve(JSON.parse(text));
          else reject(new Error(`${path} answered ${response.statusCode}: ${text}`));
        });
      },
    );
    sent.on('error', reject);
    sent.end(JSON.stringify(body));
  });
