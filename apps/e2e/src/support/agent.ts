import { once } from 'node:events';
import { eventually } from '@claw/testing';
import WebSocket from 'ws';

export type Frame = { readonly type: string } & Readonly<Record<string, unknown>>;

/** An agent on its socket: keeps every frame that it gets. */
export class Agent {
  readonly frames: Frame[] = [];
  /** Code and moment of the close, once it has come. */
  closed: { readonly code: number; readonly at: number } | undefined;
  /** Resolves once the socket is closed. */
  readonly ended: Promise<void>;

  private constructor(private readonly socket: WebSocket) {
    socket.on('message', (data: Buffer) => {
      const frame = JSON.parse(data.toString()) as Frame;
      this.frames.push(frame);
      if (frame.type === 'ping') this.send({ type: 'pong' });
    });
    this.ended = new Promise((resolve) =>
      socket.on('close', (code) => {
        this.closed = { code, at: performance.now() };
        resolve();
      }),
    );
    socket.on('error', () => undefined);
  }

  /** Opens with `?key=`; rejects with the HTTP status where the upgrade is refused. */
  static async open(socketUrl: string, key?: string, headers: Record<string, string> = {}): Promise<Agent> {
    const url = key === undefined ? socketUrl : `${socketUrl}?key=${key}`;
    const socket = new WebSocket(url, { headers });
    const agent = new Agent(socket);
    await new Promise<void>((opened, refused) => {
      socket.once('open', opened);
      socket.once('error', refused);
      socket.once('unexpected-response', (_request, response) => {
        refused(new Error(`upgrade refused: ${response.statusCode}`));
        socket.terminate();
      });
    });
    return agent;
  }

  /** Opens and waits for `ready`. */
  static async connect(socketUrl: string, key: string): Promise<Agent> {
    const agent = await Agent.open(socketUrl, key);
    await agent.first('ready');
    return agent;
  }

  send(frame: unknown): void {
    this.socket.send(typeof frame === 'string' || Buffer.isBuffer(frame) ? frame : JSON.stringify(frame));
  }

  /** The first frame of a type that fits, from the first ever got on. */
  first(type: string, fits: (frame: Frame) => boolean = () => true, withinMs = 10_000): Promise<Frame> {
    return eventually(
      () => {
        const found = this.frames.find((frame) => frame.type === type && fits(frame));
        if (found === undefined) throw new Error(`no ${type} among ${JSON.stringify(this.frames.slice(-5))}`);
        return found;
      },
      { withinMs, everyMs: 5 },
    );
  }

  /** Sends a text and waits for its result. */
  async text(id: string, to: string, value: string, withinMs?: number): Promise<Frame> {
    this.send({ type: 'send', id, to, parts: [{ type: 'text', value }] });
    return this.first('send.result', (frame) => frame['id'] === id, withinMs);
  }

  async untilClosed(withinMs = 5_000): Promise<{ code: number; at: number }> {
    return eventually(
      () => {
        if (this.closed === undefined) throw new Error('the socket is still open');
        return this.closed;
      },
      { withinMs, everyMs: 2 },
    );
  }

  async close(): Promise<void> {
    if (this.socket.readyState === WebSocket.CLOSED) return;
    const closed = once(this.socket, 'close');
    this.socket.close();
    await closed;
  }
}
