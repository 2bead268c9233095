import { once } from 'node:events';
import { eventually } from '@claw/testing';
import WebSocket, { type ClientOptions } from 'ws';

export type Frame = { readonly type: string } & Readonly<Record<string, unknown>>;

/** An upgrade that was answered as plain HTTP. */
export class UpgradeRefused extends Error {
  constructor(readonly status: number) {
    super(`upgrade refused: ${status}`);
  }
}

/** A real `ws` client: keeps every frame it gets, and how its socket ended. */
export class TestAgent {
  readonly frames: Frame[] = [];
  closed: { readonly code: number; readonly atMs: number } | undefined;
  /** Whether `ping` is answered. */
  answersPings = true;

  private constructor(readonly socket: WebSocket) {
    socket.on('message', (data: Buffer) => {
      const frame = JSON.parse(data.toString()) as Frame;
      this.frames.push(frame);
      if (frame.type === 'ping' && this.answersPings) this.send({ type: 'pong' });
    });
    socket.on('close', (code) => (this.closed = { code, atMs: performance.now() }));
    socket.on('error', () => undefined);
  }

  /** Rejects with {@link UpgradeRefused} where it isn't upgraded. */
  static async open(url: string, options: ClientOptions = {}): Promise<TestAgent> {
    const socket = new WebSocket(url, options);
    const agent = new TestAgent(socket);
    await new Promise<void>((opened, refused) => {
      socket.once('open', opened);
      socket.once('error', refused);
      socket.once('unexpected-response', (_request, response) => {
        refused(new UpgradeRefused(response.statusCode ?? 0));
        socket.terminate();
      });
    });
    return agent;
  }

  /** Opens with `?key=` and waits for `ready`. */
  static async connect(socketUrl: string, key: string): Promise<TestAgent> {
    const agent = await TestAgent.open(`${socketUrl}?key=${key}`);
    await agent.first('ready');
    return agent;
  }

  send(frame: object | string | Buffer): void {
    this.socket.send(typeof frame === 'string' || Buffer.isBuffer(frame) ? frame : JSON.stringify(frame));
  }

  all(type: string): readonly Frame[] {
    return this.frames.filter((frame) => frame.type === type);
  }

  /** The first frame of a type that fits, from the first ever got on. */
  first(type: string, fits: (frame: Frame) => boolean = () => true, withinMs = 8_000): Promise<Frame> {
    return eventually(
      () => {
        const found = this.frames.find((frame) => frame.type === type && fits(frame));
        if (found === undefined) {
          throw new Error(
            `no ${type} among ${JSON.stringify(this.frames.slice(-4))}, closed ${this.closed?.code}`,
          );
        }
        return found;
      },
      { withinMs, everyMs: 2 },
    );
  }

  sendText(id: string, to: string, value = 'hello', more: object = {}): void {
    this.send({ type: 'send', id, to, parts: [{ type: 'text', value }], ...more });
  }

  result(id: string, withinMs?: number): Promise<Frame> {
    return this.first('send.result', (frame) => frame['id'] === id, withinMs);
  }

  /** Sends a text and waits for its result. */
  text(id: string, to: string, value?: string, more?: object): Promise<Frame> {
    this.sendText(id, to, value, more);
    return this.result(id);
  }

  untilClosed(withinMs = 8_000): Promise<{ readonly code: number; readonly atMs: number }> {
    return eventually(
      () => {
        if (this.closed === undefined) throw new Error('the socket is still open');
        return this.closed;
      },
      { withinMs, everyMs: 2 },
    );
  }

  async end(): Promise<void> {
    if (this.socket.readyState === WebSocket.CLOSED) return;
    const closed = once(this.socket, 'close');
    this.socket.terminate();
    await closed;
  }
}
