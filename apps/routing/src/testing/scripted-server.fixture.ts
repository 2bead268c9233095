import { createServer, type Server } from 'node:http';
import { freePort } from '@claw/testing';

export type Reply =
  { readonly status: number; readonly headers?: Record<string, string>; readonly body: unknown } | 'hang';

/** A server that answers what it was told to, one reply a request. */
export class ScriptedServer {
  /** The paths that were asked for. */
  readonly asked: string[] = [];
  private readonly replies: Reply[] = [];

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async start(): Promise<ScriptedServer> {
    const port = await freePort();
    const server = createServer((request, response) => {
      scripted.asked.push(request.url ?? '');
      const reply = scripted.replies.shift();
      if (reply === 'hang') return;
      const { status, headers = {}, body } = reply ?? { status: 500, body: 'nothing was scripted' };
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(JSON.stringify(body));
    });
    const scripted = new ScriptedServer(server, `http://127.0.0.1:${port}`);
    await new Promise<void>((listening) => server.listen(port, '127.0.0.1', listening));
    return scripted;
  }

  /** Begins a new script. */
  script(...replies: readonly Reply[]): void {
    this.asked.length = 0;
    this.replies.splice(0, Infinity, ...replies);
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}
