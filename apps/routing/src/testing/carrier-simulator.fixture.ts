import { randomUUID } from 'node:crypto';
import { freePort } from '@claw/testing';
import { Child } from './child.fixture';

export const carrierSecret = `whsec_${Buffer.from('a secret of the tests, 32 bytes.').toString('base64')}`;
export const carrierApiKey = 'linq-test-key';

/** What a phone got, as the simulator tells it. */
export interface PhoneMessage {
  readonly message_id: string;
  readonly chat_id: string;
  readonly from: string;
  readonly to: string;
  readonly text: string;
  readonly idempotency_key: string | null;
  readonly parts: readonly { readonly type: string; readonly value?: string; readonly url?: string }[];
  readonly service: string;
  readonly effect: { readonly name: string; readonly type: string } | null;
  readonly reply_to: { readonly message_id: string } | null;
}

/** What a customer sends: to a line, in a group with others, or in a chat that is named. */
export interface SimulatedMessage {
  readonly from: string;
  readonly to?: string;
  readonly group?: readonly string[];
  readonly chat_id?: string;
  readonly text?: string;
  readonly media?: readonly {
    readonly url: string;
    readonly mime_type?: string;
    readonly filename?: string;
  }[];
  readonly sent_at?: string;
}

/** The carrier's simulator in a process of its own. */
export class CarrierSimulator {
  private child: Child | undefined;

  private constructor(
    readonly url: string,
    private readonly env: Readonly<Record<string, string>>,
  ) {}

  static async start(webhookUrl: string): Promise<CarrierSimulator> {
    const port = await freePort();
    const simulator = new CarrierSimulator(`http://127.0.0.1:${port}`, {
      HTTP_PORT: String(port),
      LINQ_API_V3_API_KEY: carrierApiKey,
      LINQ_WEBHOOK_SECRET: carrierSecret,
      WEBHOOK_URL: webhookUrl,
      WEBHOOK_RETRY_SCALE: '0.05',
      LIMITS: 'relaxed',
      LOG_LEVEL: 'error',
    });
    await simulator.up();
    return simulator;
  }

  async up(): Promise<void> {
    this.child = await Child.start(
      'tools/simulators/carrier/src/main.js',
      this.env,
      `${this.url}/health/ready`,
    );
  }

  async stop(): Promise<void> {
    await this.child?.end('SIGKILL');
  }

  /** A customer texts one of our lines. */
  async inbound(message: SimulatedMessage): Promise<string> {
    return (await this.receive(message)).message_id;
  }

  /** The same; answers the carrier's chat too. */
  receive(message: SimulatedMessage): Promise<{ readonly message_id: string; readonly chat_id: string }> {
    return this.post('/sim/inbound', message);
  }

  /** A customer reacts to a message, or takes the reaction back. */
  async react(from: string, message_id: string, type: string, remove = false): Promise<void> {
    await this.post('/sim/reaction', { from, message_id, type, remove });
  }

  /** Somebody comes into a group, or goes. */
  async participants(chat_id: string, operation: 'add' | 'leave' | 'remove', handle: string): Promise<void> {
    await this.post('/sim/participants', { chat_id, operation, handle });
  }

  /** The carrier's chat of a line and these people; with several it is a group. */
  async openChat(from: string, to: readonly string[]): Promise<string> {
    const message = { parts: [{ type: 'text', value: 'Hello' }], idempotency_key: randomUUID() };
    const headers = { authorization: `Bearer ${carrierApiKey}` };
    const opened = await this.post<{ chat: { id: string } }>('/v3/chats', { from, to, message }, headers);
    return opened.chat.id;
  }

  async behave(change: object): Promise<void> {
    await this.post('/sim/behaviour', change);
  }

  /** What a customer's phone got, in order. */
  async phone(to: string): Promise<readonly PhoneMessage[]> {
    const response = await fetch(`${this.url}/sim/messages?to=${encodeURIComponent(to)}`);
    return ((await response.json()) as { data: PhoneMessage[] }).data;
  }

  /** The reactions that a message shows, as the carrier's API tells them. */
  async reactionsTo(carrierMessageId: string): Promise<readonly string[]> {
    const response = await fetch(`${this.url}/v3/messages/${carrierMessageId}`, {
      headers: { authorization: `Bearer ${carrierApiKey}` },
    });
    const { parts } = (await response.json()) as { parts: { reactions: { type: string }[] | null }[] };
    return parts.flatMap(({ reactions }) => (reactions ?? []).map(({ type }) => type));
  }

  /** What happens on the phone network from now on, by name; `end` stops listening. */
  async happenings(): Promise<{ readonly seen: SimulatorEvent[]; end(): void }> {
    const stop = new AbortController();
    const response = await fetch(`${this.url}/sim/events`, { signal: stop.signal });
    const seen: SimulatorEvent[] = [];
    void readEvents(response, seen).catch(() => undefined);
    return { seen, end: () => stop.abort() };
  }

  private async post<Answer>(path: string, body: object, headers: object = {}): Promise<Answer> {
    const response = await fetch(this.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
    return (await response.json()) as Answer;
  }
}

export interface SimulatorEvent {
  readonly type: string;
  readonly chat: { readonly id: string };
  readonly state?: string;
}

const readEvents = async (response: Response, seen: SimulatorEvent[]): Promise<void> => {
  let rest = '';
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    const blocks = (rest + Buffer.from(chunk).toString()).split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const type = /^event: (.+)$/m.exec(block)?.[1];
      const data = /^data: (.+)$/m.exec(block)?.[1];
      if (type !== undefined && data !== undefined)
        seen.push({ ...(JSON.parse(data) as SimulatorEvent), type });
    }
  }
};
