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
  async inbound(message: {
    readonly from: string;
    readonly to: string;
    readonly text: string;
    readonly sent_at?: string;
  }): Promise<string> {
    return (await this.post<{ message_id: string }>('/sim/inbound', message)).message_id;
  }

  async behave(change: object): Promise<void> {
    await this.post('/sim/behaviour', change);
  }

  /** What a customer's phone got, in order. */
  async phone(to: string): Promise<readonly PhoneMessage[]> {
    const response = await fetch(`${this.url}/sim/messages?to=${encodeURIComponent(to)}`);
    return ((await response.json()) as { data: PhoneMessage[] }).data;
  }

  private async post<Answer>(path: string, body: object): Promise<Answer> {
    const response = await fetch(this.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
    return (await response.json()) as Answer;
  }
}
