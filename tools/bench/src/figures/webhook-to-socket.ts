import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { routingCalls } from '@claw/contracts';
import { newId } from '@claw/kernel';
import { ServiceClient } from '@claw/messaging';
import { Webhook } from 'standardwebhooks';
import { WebSocket } from 'ws';
import { benchPhone, type BenchTenant, seedTenants, sendingNumber } from '../bench-tenants';
import { atMost, type Figure } from '../figure';
import { compared, interleaved, percentile } from '../rounds';
import { Workbench } from '../workbench';

const rounds = 5;
const perSecond = 300;
const seconds = 4;
const customers = 50;
const patienceMs = 10_000;

/** From the carrier's webhook to the agent's socket at 300 a second, beside the sum of its parts at the same rate. */
export const webhookToSocket = (): Promise<readonly Figure[]> =>
  Workbench.use(async (bench) => {
    const secret = `whsec_${randomBytes(24).toString('base64')}`;
    const POSTGRES_URL = await bench.postgres();
    const EVENTSTORE_URL = await bench.eventStore();
    const tenants = await seedTenants(bench.link, customers);
    const gateway = await bench.service('gateway');
    const routing = await bench.service('routing', {
      POSTGRES_URL,
      EVENTSTORE_URL,
      LINQ_API_V3_API_KEY: 'bench',
      LINQ_API_V3_BASE_URL: 'http://127.0.0.1:9',
      LINQ_WEBHOOK_SECRET: secret,
    });
    await claimRoutes(bench, tenants);
    const parts = await bench.baseline('webhook-parts', { POSTGRES_URL, LINQ_WEBHOOK_SECRET: secret });

    const arrivals = new Arrivals();
    const open = await Promise.all([
      ...tenants.map(({ key }) => arrivals.listen(`ws://127.0.0.1:${gateway.port}/ws?key=${key}`)),
      arrivals.listen(`ws://127.0.0.1:${parts.port}/ws`),
    ]);
    const ours = () => run(arrivals, `http://127.0.0.1:${routing.port}/webhooks/carrier`, secret, tenants);
    const beside = () => run(arrivals, `http://127.0.0.1:${parts.port}/`, secret, tenants);
    await ours();
    await beside();
    const samples = await interleaved(rounds, ours, beside);
    for (const socket of open) socket.terminate();
    const at = (share: number) =>
      samples.map((each) => ({ ours: percentile(each.ours, share), beside: percentile(each.beside, share) }));
    return [
      compared('webhook → socket at 300/s, ms, p50', at(0.5), atMost(1.5)),
      compared('webhook → socket at 300/s, ms, p99', at(0.99), atMost(4)),
    ];
  });

/** Who a customer belongs to, routing looks up in the table that it makes of claims. */
const claimRoutes = async ({ link }: Workbench, tenants: readonly BenchTenant[]): Promise<void> => {
  const routing = new ServiceClient(link);
  const context = { actor: { kind: 'system', id: 'bench' }, requestId: newId() } as const;
  for (const { agencyId, subaccountId, phone } of tenants) {
    const claim = { agencyId, subaccountId, phoneNumbers: [phone], routeCap: 1 };
    const answer = await routing.call(routingCalls.claimRoutes, claim, context);
    if (!answer.ok) throw new Error(`${phone} could not be claimed: ${answer.error.code}`);
  }
};

/** When which message came out of a socket. */
class Arrivals {
  private readonly waiting = new Map<string, (atMs: number) => void>();

  async listen(url: string): Promise<WebSocket> {
    const socket = new WebSocket(url);
    socket.on('message', (data: Buffer) => {
      const frame = JSON.parse(data.toString()) as { messageId?: string; data?: { id: string } };
      const id = frame.messageId ?? frame.data?.id ?? '';
      this.waiting.get(id)?.(performance.now());
      this.waiting.delete(id);
    });
    await once(socket, 'open');
    return socket;
  }

  /** How many are waited for. */
  get missing(): number {
    return this.waiting.size;
  }

  of(messageId: string): Promise<number> {
    return new Promise((resolve) => this.waiting.set(messageId, resolve));
  }
}

/** Posts at a steady rate, whatever is still under way; answers the milliseconds of each. */
const run = async (
  arrivals: Arrivals,
  url: string,
  secret: string,
  tenants: readonly BenchTenant[],
): Promise<readonly number[]> => {
  const signer = new Webhook(secret);
  const under: Promise<number>[] = [];
  const posts: Promise<void>[] = [];
  const begun = performance.now();
  for (let index = 0; index < perSecond * seconds; index += 1) {
    const dueMs = begun + (index * 1_000) / perSecond;
    const waitMs = dueMs - performance.now();
    if (waitMs > 1) await pause(waitMs);
    const id = newId();
    const body = JSON.stringify(received(id, index % tenants.length));
    const since = performance.now();
    under.push(arrivals.of(id).then((atMs) => atMs - since));
    posts.push(post(url, id, body, signer));
  }
  await Promise.all(posts);
  const late = pause(patienceMs).then(() => {
    throw new Error(`${arrivals.missing} of ${under.length} messages posted to ${url} did not arrive`);
  });
  return Promise.race([Promise.all(under), late]);
};

const handleOf = (handle: string, isMe: boolean) => ({
  id: handle,
  handle,
  service: 'iMessage',
  joined_at: '2026-01-01T00:00:00Z',
  is_me: isMe,
  status: 'active',
});

const received = (id: string, customer: number) => {
  const at = new Date().toISOString();
  const chatId = `00000000-0000-4000-8000-${String(customer).padStart(12, '0')}`;
  return {
    api_version: 'v3',
    webhook_version: '2026-02-03',
    event_type: 'message.received',
    event_id: id,
    created_at: at,
    trace_id: id,
    partner_id: 'bench',
    data: {
      id,
      chat: { id: chatId, is_group: false, owner_handle: handleOf(sendingNumber, true) },
      direction: 'inbound',
      sender_handle: handleOf(benchPhone(customer), false),
      service: 'iMessage',
      parts: [{ type: 'text', value: `message ${id}` }],
      sent_at: at,
    },
  };
};

const agent = new Agent({ keepAlive: true, maxSockets: 64 });

const post = (url: string, id: string, body: string, signer: Webhook): Promise<void> =>
  new Promise((resolve, reject) => {
    const now = new Date();
    const sent = request(
      url,
      {
        method: 'POST',
        agent,
        headers: {
          'content-type': 'application/json',
          'webhook-id': id,
          'webhook-timestamp': String(Math.floor(now.getTime() / 1_000)),
          'webhook-signature': signer.sign(id, now, body),
        },
      },
      (response) => {
        response.resume();
        response.on('end', () => {
          if (response.statusCode === 200) resolve();
          else reject(new Error(`a webhook was answered ${response.statusCode}`));
        });
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
