import { join } from 'node:path';
import { freePort, httpAnswers, startServer, workspaceRoot } from '@claw/local-servers';
import { eventually, tempDir } from '@claw/testing';
import { carrier, linqAt, someLine, someNumber, startFrom, text } from '../testing/carrier-fixture';
import { Sim } from '../testing/sim';
import { WebhookReceiver } from '../testing/webhook-receiver';

const FOREVER = { withinMs: 20_000 };

describe('after a restart', () => {
  it('the carrier knows chats, keys and behaviour, and goes on where messages stood', async () => {
    const { carrier: before, linq, sim, receiver, env } = await carrier({ CARRIER_DATA: await tempDir() });
    const [line, customer] = [someLine(), someNumber()];
    await sim.behave({ handle: customer, delays: { sent_ms: 400 }, read: false });
    const message = text('hi', { idempotency_key: 'kept' });
    const first = await linq.chats.create({ from: line, to: [customer], message });
    await before.close();
    expect(receiver.typesOf(first.chat.message.id)).toEqual([]);

    const after = await startFrom(env);
    try {
      const again = linqAt(after.url, linq.apiKey);
      const repeat = await again.chats.create({ from: line, to: [customer], message });
      expect(repeat.chat.message.id).toBe(first.chat.message.id);
      expect(repeat.chat.id).toBe(first.chat.id);
      expect(await new Sim(after.url).phone({ to: customer })).toHaveLength(1);
      await eventually(() =>
        expect(receiver.typesOf(first.chat.message.id)).toEqual(['message.sent', 'message.delivered']),
      );
    } finally {
      await after.close();
    }
  });

  it('webhooks that were not taken are sent again', async () => {
    const { carrier: before, sim, receiver, env } = await carrier({ CARRIER_DATA: await tempDir() });
    await receiver.close();
    const { message_id } = await sim.inbound({ from: someNumber(), to: someLine(), text: 'hi' });
    await before.close();
    const back = new WebhookReceiver(env['LINQ_WEBHOOK_SECRET'] ?? '');
    await back.listen(Number(new URL(env['WEBHOOK_URL'] ?? '').port));
    const after = await startFrom(env);
    try {
      await eventually(() => expect(back.typesOf(message_id)).toContain('message.received'), FOREVER);
      expect(back.unverified).toEqual([]);
    } finally {
      await Promise.all([after.close(), back.close()]);
    }
  });
});

describe('after kill -9', () => {
  it('every message that was answered is on the phone, once, and its webhooks arrive', async () => {
    const folder = await tempDir();
    const { receiver, env } = await carrier();
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const start = () =>
      startServer({
        name: 'carrier',
        command: process.execPath,
        args: [join(workspaceRoot(), 'dist/tools/simulators/carrier/src/main.js')],
        env: { ...env, HTTP_PORT: String(port), CARRIER_DATA: join(folder, 'data'), LIMITS: 'relaxed' },
        logFile: join(folder, 'carrier.log'),
        ready: () => httpAnswers(`${url}/health/ready`),
      });
    const linq = linqAt(url, env['LINQ_API_V3_API_KEY'] ?? '');
    const [line, customer] = [someLine(), someNumber()];
    const answered: string[] = [];
    const sendUntilDead = async (sender: number): Promise<void> => {
      for (let count = 0; count < 1_000; count += 1) {
        const message = text('hi', { idempotency_key: `${sender}-${count}` });
        try {
          answered.push((await linq.chats.create({ from: line, to: [customer], message })).chat.message.id);
        } catch {
          return;
        }
      }
    };

    const first = await start();
    const senders = [1, 2, 3, 4].map(sendUntilDead);
    await eventually(() => expect(answered.length).toBeGreaterThan(50), FOREVER);
    await first.kill();
    await Promise.all(senders);

    const second = await start();
    try {
      const got = (await new Sim(url).phone({ to: customer })).map((row) => row.message_id);
      expect(new Set(got).size).toBe(got.length);
      expect(got).toEqual(expect.arrayContaining(answered));
      const repeat = await linq.chats.create({
        from: line,
        to: [customer],
        message: text('hi', { idempotency_key: '1-0' }),
      });
      expect(got).toContain(repeat.chat.message.id);
      await eventually(() => {
        const read = new Set(receiver.of('message.read').map(({ event }) => event.data.id));
        expect(got.filter((id) => !read.has(id))).toEqual([]);
      }, FOREVER);
    } finally {
      await second.stop();
    }
  }, 60_000);
});
