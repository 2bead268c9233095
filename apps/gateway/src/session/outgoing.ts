import { closeCodes } from '@claw/contracts';
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';

/** More than this waiting, and the client is too slow. */
const mostWaitingBytes = 1024 * 1024;
/** A replay rests above this, so that it never makes a client too slow by itself. */
const restingBytes = 256 * 1024;

/** A socket's way out: what is sent in one go leaves in one write, and a client that doesn't read is let go. */
export class Outgoing {
  private corked = false;

  constructor(
    private readonly ws: WebSocket,
    private readonly socket: Duplex,
    private readonly session: { close(code: number): void },
  ) {}

  send(frame: string): void {
    const { ws } = this;
    if (ws.readyState !== ws.OPEN) return;
    if (!this.corked) {
      this.corked = true;
      this.socket.cork();
      process.nextTick(uncork, this);
    }
    ws.send(frame);
    if (ws.bufferedAmount > mostWaitingBytes) this.session.close(closeCodes.tooSlow);
  }

  /** Resolves when there is room for more; at once where the socket is closed. */
  async room(): Promise<void> {
    const { ws, socket } = this;
    if (ws.bufferedAmount <= restingBytes || ws.readyState !== ws.OPEN) return;
    await new Promise<void>((resolve) => {
      const go = () => {
        socket.off('drain', go);
        socket.off('close', go);
        resolve();
      };
      socket.on('drain', go);
      socket.on('close', go);
    });
  }

  uncork(): void {
    this.corked = false;
    this.socket.uncork();
  }
}

const uncork = (outgoing: Outgoing): void => outgoing.uncork();
