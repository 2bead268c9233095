import { createServer, type IncomingMessage, type Server } from 'node:http';
import { freePort } from '@claw/testing';
import { LinqCarrier } from './linq-carrier';
import { LinqHistory } from './linq-history';

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
}
export type Reply =
  | { readonly status: number; readonly headers?: Record<string, string>; readonly body?: unknown }
  | 'hang'
  | 'cut';

/** How long the adapter of a {@link LinqServer} waits for an answer. */
const timeoutMs = 300;

/** A refusal as Linq words it. */
export const refusal = (
  status: number,
  code: number,
  more: object = {},
  headers: Record<string, string> = {},
): Reply => ({
  status,
  headers,
  body: { success: false, error: { status, code, message: 'As it is.', ...more } },
});

/** A server at Linq's place that answers what a test tells it to, once each, and what `otherwise` says then. */
export class LinqServer {
  replies: Reply[] = [];
  seen: SeenRequest[] = [];
  otherwise: Reply = { status: 204 };
  private server!: Server;
  private port = 0;

  async open(): Promise<void> {
    this.port = await freePort();
    this.server = createServer((request, response) => {
      void bodyOf(request).then((body) => {
        this.seen.push({ method: request.method ?? '', path: request.url ?? '', body });
        const reply = this.replies.shift() ?? this.otherwise;
        if (reply === 'hang') return;
        if (reply === 'cut') return void request.socket.destroy();
        response.writeHead(reply.status, { 'content-type': 'application/json', ...reply.headers });
        response.end(reply.body === undefined ? undefined : JSON.stringify(reply.body));
      });
    });
    await new Promise<void>((listening) => this.server.listen(this.port, '127.0.0.1', listening));
  }

  reset(): void {
    this.replies = [];
    this.seen = [];
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  carrier(port = this.port): LinqCarrier {
    return new LinqCarrier(optionsFor(port));
  }

  history(): LinqHistory {
    return new LinqHistory(optionsFor(this.port));
  }
}

const optionsFor = (port: number) => ({ apiKey: 'key', baseUrl: `http://127.0.0.1:${port}`, timeoutMs });

const bodyOf = async (request: IncomingMessage): Promise<unknown> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  return text === '' ? undefined : JSON.parse(text);
};
