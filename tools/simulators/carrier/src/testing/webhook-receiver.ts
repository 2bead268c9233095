import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { LinqAPIV3 } from '@linqapp/sdk';

/** A webhook that came in with a signature that the SDK found right. */
export interface Received {
  readonly webhookId: string;
  readonly at: number;
  readonly event: LinqAPIV3.MessageSentWebhookEvent;
}

/** What a subscriber runs: verifies each webhook as the SDK does, keeps it, and answers as told. */
export class WebhookReceiver {
  readonly received: Received[] = [];
  readonly unverified: unknown[] = [];
  /** How often something came in, also what wasn't heard out. */
  requests = 0;
  private readonly answers: (number | 'hang up')[] = [];
  private readonly server = createServer((request, response) => void this.take(request, response));

  constructor(private readonly secret: string) {}

  /** @param port the same as before, to come back after an absence */
  async listen(port = 0): Promise<number> {
    await new Promise<void>((resolve) => this.server.listen(port, '127.0.0.1', resolve));
    return (this.server.address() as AddressInfo).port;
  }

  /** The next answers, in this order; after them 200. */
  answerNext(...answers: readonly (number | 'hang up')[]): void {
    this.answers.push(...answers);
  }

  /** What came in of one message or chat, in the order of arrival. */
  typesOf(id: string): string[] {
    return this.received.filter(({ event }) => event.data.id === id).map(({ event }) => event.event_type);
  }

  of(type: string): Received[] {
    return this.received.filter(({ event }) => event.event_type === type);
  }

  /** The data of each event of a type that came in, as `Data` says it looks. */
  dataOf<Data = Record<string, unknown>>(type: string): Data[] {
    return this.of(type).map(({ event }) => event.data as unknown as Data);
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    this.requests += 1;
    const answer = this.answers.shift() ?? 200;
    if (answer === 'hang up') return void request.socket.destroy();
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
    );
    try {
      const client = new LinqAPIV3({ apiKey: 'unused' });
      const event = client.webhooks.unwrap(Buffer.concat(chunks).toString(), { headers, key: this.secret });
      this.received.push({
        webhookId: headers['webhook-id'] ?? '',
        at: Date.now(),
        event: event as LinqAPIV3.MessageSentWebhookEvent,
      });
    } catch (fault) {
      this.unverified.push(fault);
    }
    response.writeHead(answer).end();
    return undefined;
  }
}
