import { authFrameSchema, closeCodes, frameLimits, type ServerFrame } from '@claw/contracts';
import { Unavailable, withDeadline } from '@claw/kernel';
import type { Log } from '@claw/messaging';
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import { encodeFrame } from '../frames/server-frame';
import { closings, openings } from '../metrics';
import type { Projections } from '../projections/projections';
import type { FactFinder } from '../sending/fact-finder';
import { type Agent, AgentSession, type SessionParts } from '../session/agent-session';
import { FrameGuard } from '../session/frame-guard';
import type { Seen, Sessions } from '../session/sessions';
import type { Timings } from '../timings';
import type { Admitted, AdmitAgent } from './admit-agent';
import { authenticate, type Authenticated } from './authenticate';
import { type Credentials, readCredentials } from './credentials';
import { refuseUpgrade, type UpgradeRefusal } from './refuse-upgrade';

export interface SocketServerParts {
  readonly projections: Projections;
  readonly facts: FactFinder;
  readonly admitAgent: AdmitAgent;
  readonly sessions: Sessions;
  readonly session: SessionParts;
  readonly timings: Timings;
  readonly logger: Log;
}

/** What an opening came to. */
type Opened =
  | {
      readonly kind: 'admitted';
      readonly agent: Agent;
      readonly admitted: Admitted;
      readonly seen: Seen;
    }
  | { readonly kind: 'contested' }
  | Exclude<Authenticated, { readonly kind: 'agent' }>
  | { readonly kind: 'unavailable' };

/** `/ws` on the service's HTTP server: lets agents in, or tells them why not. */
export class SocketServer {
  private readonly wss = new WebSocketServer({
    noServer: true,
    maxPayload: frameLimits.maxBytes,
    perMessageDeflate: false,
    clientTracking: false,
  });
  private readonly waiting = new Set<WebSocket>();
  private isStopping = false;
  /** One for all sockets. */
  private readonly tellError = (error: Error) =>
    this.parts.logger.info({ reason: error.message }, 'socket error');

  constructor(private readonly parts: SocketServerParts) {}

  attach(server: Server): void {
    server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      // The client may leave while we look its key up.
      const ignore = () => socket.destroy();
      socket.on('error', ignore);
      const upgrade = () => {
        socket.off('error', ignore);
        return this.upgrade(request, socket, head);
      };
      this.open(request, socket, upgrade).catch((error: unknown) => {
        this.parts.logger.error({ error }, 'an opening failed');
        socket.destroy();
      });
    });
  }

  /** No new sockets from here on; those that haven't said who they are end. */
  stop(): void {
    this.isStopping = true;
    for (const ws of this.waiting) ws.close(closeCodes.restarting);
  }

  /**
   * Undefined for a handshake that is wrong in itself: it is answered by ws, which then says no more of it. Nothing
   * that outlives the handshake may hold the request: with its headers it takes as much as the socket.
   */
  private upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<WebSocket | undefined> {
    return new Promise((resolve) => {
      const refused = () => resolve(undefined);
      socket.once('close', refused);
      this.wss.handleUpgrade(request, socket, head, (ws) => {
        socket.off('close', refused);
        resolve(ws);
      });
    });
  }

  private async open(
    request: IncomingMessage,
    socket: Duplex,
    upgrade: () => Promise<WebSocket | undefined>,
  ): Promise<void> {
    const credentials = readCredentials(request);
    if (credentials === undefined) return refuse(socket, 'not_found');
    if (this.isStopping || !this.isReady) return refuse(socket, 'unavailable');
    if (credentials.key === undefined) {
      const ws = await upgrade();
      if (ws !== undefined) this.awaitAuth(ws, socket, credentials);
      return;
    }
    const opened = await this.judge(credentials.key);
    if (socket.destroyed) return this.giveUp(opened);
    if (opened.kind === 'unavailable') return refuse(socket, 'unavailable');
    if (opened.kind === 'unknown key') return refuse(socket, 'invalid_api_key');
    if (opened.kind === 'parent key') return refuse(socket, 'wrong_key_type');
    const ws = await upgrade();
    if (ws === undefined) return this.giveUp(opened);
    this.follow(ws);
    this.begin(ws, socket, opened, credentials);
  }

  /** Whether what is in memory is enough to judge sends by. */
  private get isReady(): boolean {
    return this.parts.projections.missing.length === 0;
  }

  private async judge(key: string): Promise<Opened> {
    const { projections, facts, admitAgent, timings } = this.parts;
    try {
      const who = await withDeadline(
        'a look at a key',
        timings.opening,
        authenticate(projections, facts, key),
      );
      if (who.kind !== 'agent') return who;
      const { agent, terms, seen } = who;
      const admitted = await admitAgent.admit(agent, terms);
      return admitted === 'contested' ? { kind: 'contested' } : { kind: 'admitted', agent, admitted, seen };
    } catch (error) {
      if (!(error instanceof Unavailable) && !(error instanceof Error && error.name === 'DeadlineExceeded')) {
        this.parts.logger.error({ error }, 'an opening could not be judged');
      }
      return { kind: 'unavailable' };
    }
  }

  /** The key comes in a first frame, soon; whatever else comes before it is told so. */
  private awaitAuth(ws: WebSocket, socket: Duplex, credentials: Credentials): void {
    const { timings, logger, session } = this.parts;
    const { nowMs } = session;
    const guard = new FrameGuard(session.limitsFactor, nowMs());
    this.follow(ws);
    this.waiting.add(ws);
    const late = setTimeout(
      () => end(ws, closeCodes.keyInvalid, 'invalid_api_key', 'No auth frame came in time.'),
      timings.auth,
    );
    const done = () => {
      clearTimeout(late);
      this.waiting.delete(ws);
    };
    ws.once('close', done);
    const early: [RawData, boolean][] = [];
    const wait = (...frame: [RawData, boolean]) => early.push(frame);
    ws.on('message', function receive(this: WebSocket, data, isBinary) {
      if (guard.next(nowMs()).kind === 'end') {
        ws.close(closeCodes.flooding, 'too many frames');
        return;
      }
      const key = isBinary ? undefined : keyIn(data.toString());
      if (key === undefined) {
        say(ws, {
          type: 'error',
          code: 'invalid_api_key',
          message: 'Send an auth frame with your API key first.',
        });
        return;
      }
      done();
      ws.off('close', done);
      ws.off('message', receive);
      // What came in one go with the key waits for the socket to be judged; more isn't read until then.
      ws.on('message', wait);
      ws.pause();
      authenticated(key).catch((error: unknown) => {
        logger.error({ error }, 'an opening failed');
        ws.terminate();
      });
    });
    const authenticated = async (key: string) => {
      const opened = await this.judge(key);
      ws.off('message', wait);
      ws.resume();
      if (ws.readyState !== ws.OPEN) return this.giveUp(opened);
      this.begin(ws, socket, opened, credentials);
      for (const frame of early) ws.emit('message', ...frame);
    };
  }

  /** What an upgraded socket is told, and for an admitted one its life. */
  private begin(ws: WebSocket, socket: Duplex, opened: Opened, { client }: Credentials): void {
    openings.inc({ outcome: opened.kind });
    switch (opened.kind) {
      case 'unknown key':
        return end(
          ws,
          closeCodes.keyInvalid,
          'invalid_api_key',
          'This API key is unknown, rotated or closed.',
        );
      case 'parent key':
        return end(ws, closeCodes.keyInvalid, 'wrong_key_type', 'A parent API key opens no socket.');
      case 'suspended':
        return end(ws, closeCodes.suspended, 'subaccount_suspended', 'This subaccount is suspended.');
      case 'contested':
        return end(
          ws,
          closeCodes.replaced,
          'connection_contested',
          'Two clients keep taking this key from each other.',
        );
      case 'unavailable':
        return end(ws, closeCodes.restarting, 'unavailable', 'The gateway is not available; reconnect soon.');
      case 'admitted': {
        const { agent, admitted, seen } = opened;
        const { sessions, session: parts, logger } = this.parts;
        const { desk, feed, ready } = admitted;
        const session = new AgentSession(agent, parts, ws, socket, desk, feed);
        ws.on('close', (code) => this.ended(session, code));
        session.start(ready);
        sessions.add(session, seen);
        logger.info({ subaccountId: agent.subaccountId, client }, 'agent connected');
      }
    }
  }

  private ended(session: AgentSession, code: number): void {
    const { sessions, logger } = this.parts;
    sessions.remove(session);
    logger.info({ subaccountId: session.agent.subaccountId, code }, 'agent disconnected');
  }

  private giveUp(opened: Opened): void {
    if (opened.kind === 'admitted') opened.admitted.feed.close();
  }

  private follow(ws: WebSocket): void {
    // Too big, no UTF-8, a connection reset: ws closes the socket with the right code by itself.
    ws.on('error', this.tellError);
    ws.on('close', countClosing);
  }
}

const countClosing = (code: number): void => closings.inc({ code });

const refuse = (socket: Duplex, error: UpgradeRefusal): void => {
  openings.inc({ outcome: error });
  refuseUpgrade(socket, error);
};

const say = (ws: WebSocket, frame: ServerFrame): void => {
  if (ws.readyState === ws.OPEN) ws.send(encodeFrame(frame));
};

const end = (ws: WebSocket, code: number, errorCode: string, message: string): void => {
  say(ws, { type: 'error', code: errorCode, message });
  ws.close(code, errorCode);
};

const keyIn = (text: string): string | undefined => {
  try {
    const read = authFrameSchema.safeParse(JSON.parse(text));
    return read.success ? read.data.key : undefined;
  } catch {
    return undefined;
  }
};
