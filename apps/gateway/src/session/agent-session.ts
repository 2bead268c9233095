import {
  type ChatSignalFrame,
  closeCodes,
  type ReactFrame,
  type ReactionResult,
  type SendFrame,
  type SendResult,
  type ServerFrame,
} from '@claw/contracts';
import { Unavailable } from '@claw/kernel';
import type { Log } from '@claw/messaging';
import type { Duplex } from 'node:stream';
import type { Msg } from 'nats';
import type { RawData, WebSocket } from 'ws';
import type { NowMs } from '../clock';
import type { AgentFeed, SignalHearer } from '../feed/agent-feed';
import { glance, readFrame } from '../frames/read-frame';
import { anyFrame, refusalFrame } from '../frames/refusal-frame';
import { encodeFrame } from '../frames/server-frame';
import { framesRead, reactionsAnswered, sendsAnswered } from '../metrics';
import type { Ownership } from '../ownership/ownership';
import { type AcceptReaction, refusedReaction, underWay } from '../sending/accept-reaction';
import type { AcceptSend } from '../sending/accept-send';
import { moved } from '../sending/admit-send';
import type { Desk } from '../sending/desk';
import { type Refusal, refusals } from '../sending/refusals';
import { refused } from '../sending/send-result';
import type { Timings } from '../timings';
import { AgentSignals, type AgentSignalsParts } from './agent-signals';
import { FrameGuard } from './frame-guard';
import type { LiveSocket } from './live-sockets';
import { Outgoing } from './outgoing';

/** Whose socket it is. */
export interface Agent {
  readonly subaccountId: string;
  readonly agencyId: string;
  /** The hash of the key that it came with. */
  readonly keyHash: string;
}

export interface SessionParts {
  readonly sends: AcceptSend;
  readonly reactions: AcceptReaction;
  readonly signals: AgentSignalsParts;
  readonly ownership: Ownership;
  readonly timings: Timings;
  readonly nowMs: NowMs;
  /** Multiplies the frame limits, for load tests. */
  readonly limitsFactor: number;
  readonly logger: Log;
}

/** One agent's live socket. */
export class AgentSession implements LiveSocket, SignalHearer {
  /** When the client was last heard, in milliseconds since the Unix epoch. */
  lastHeardMs: number;
  lastPingMs: number;
  private readonly out: Outgoing;
  private readonly guard: FrameGuard;
  /** Made with the first sign of life: most sockets are idle. */
  private madeSignals: AgentSignals | undefined;
  private isDraining = false;
  private recovering: Promise<void> | undefined;

  constructor(
    readonly agent: Agent,
    private readonly parts: SessionParts,
    private readonly ws: WebSocket,
    socket: Duplex,
    private desk: Desk,
    private readonly feed: AgentFeed,
  ) {
    this.out = new Outgoing(ws, socket, this);
    const nowMs = parts.nowMs();
    this.lastHeardMs = nowMs;
    this.lastPingMs = nowMs;
    this.guard = new FrameGuard(parts.limitsFactor, nowMs);
  }

  /** Says `ready`, then listens. */
  start(ready: ServerFrame): void {
    const { ws } = this;
    const heard = () => this.heard();
    ws.on('message', (data, isBinary) => this.receive(data, isBinary));
    ws.on('ping', heard);
    ws.on('pong', heard);
    this.send(ready);
    this.feed.start(this.out, this);
  }

  /** Resolves when the socket has ended. */
  get closed(): Promise<void> {
    const { ws } = this;
    if (ws.readyState === ws.CLOSED) return Promise.resolve();
    return new Promise((resolve) => ws.once('close', () => resolve()));
  }

  /** What routing says that is worth something only now. */
  hear(signal: Msg): void {
    this.signals.hear(signal);
  }

  send(frame: ServerFrame): void {
    this.out.send(encodeFrame(frame));
  }

  ping(nowMs: number): void {
    this.lastPingMs = nowMs;
    this.out.send(pingFrame);
  }

  /** No more sends from here on, and when to come back. */
  drain(reconnectAfterMs: number): void {
    this.isDraining = true;
    this.send({ type: 'draining', reconnect_after_ms: reconnectAfterMs });
  }

  replaced(): void {
    this.close(closeCodes.replaced, 'another connection took over');
  }

  end(code: number, errorCode: string, message: string): void {
    this.send({ type: 'error', code: errorCode, message });
    this.close(code, errorCode);
  }

  /** A client that doesn't answer the close is cut off. */
  close(code: number, reason = ''): void {
    const { ws } = this;
    if (ws.readyState !== ws.OPEN) return;
    this.madeSignals?.tellAllStored();
    ws.close(code, reason);
    const cutOff = setTimeout(() => ws.terminate(), this.parts.timings.closing);
    ws.once('close', () => clearTimeout(cutOff));
  }

  /** The socket is closed: lets go of everything. */
  ended(): void {
    this.feed.close();
    this.madeSignals?.end();
    this.desk.lastUsedMs = this.parts.nowMs();
  }

  /** Whether its subaccount may be another gateway's by now. */
  get isAdrift(): boolean {
    return this.desk.closed && this.ws.readyState === this.ws.OPEN;
  }

  get isRecovering(): boolean {
    return this.recovering !== undefined;
  }

  /** Brings the subaccount back here, unless a newer socket has it. Throws `Unavailable`. */
  recover(): Promise<void> {
    this.recovering ??= this.findDesk().finally(() => (this.recovering = undefined));
    return this.recovering;
  }

  private async findDesk(): Promise<void> {
    const { subaccountId, agencyId } = this.agent;
    const found = await this.parts.ownership.find(subaccountId, agencyId, 'resumed socket');
    if (found.kind === 'here') this.desk = found.desk;
    else this.replaced();
  }

  private get signals(): AgentSignals {
    return (this.madeSignals ??= new AgentSignals(this.agent, this.parts.signals, (frame) =>
      this.send(frame),
    ));
  }

  private heard(): void {
    this.lastHeardMs = this.parts.nowMs();
  }

  private receive(data: RawData, isBinary: boolean): void {
    if (this.ws.readyState !== this.ws.OPEN) return;
    this.heard();
    framesRead.inc();
    const verdict = this.guard.next(this.lastHeardMs);
    if (verdict.kind === 'end') this.close(closeCodes.flooding, 'too many frames');
    else if (verdict.kind === 'warn') {
      const frame = isBinary ? undefined : glance(textOf(data));
      this.send(refusalFrame(frame ?? anyFrame, refusals.tooManyFrames(verdict.retryAfterMs)));
    } else if (isBinary)
      this.send(refusalFrame(anyFrame, refusals.invalidFrame('frames are text, not binary')));
    else this.handle(textOf(data));
  }

  private handle(text: string): void {
    const read = readFrame(text);
    switch (read.type) {
      case 'send':
        this.accept(read.frame);
        break;
      case 'reaction':
        void this.react(read.frame);
        break;
      case 'signal':
        void this.signal(read.frame);
        break;
      case 'ping':
        this.send({ type: 'pong', seq: this.feed.seq });
        break;
      case 'pong':
        break;
      case 'sync':
        this.feed.sync(read.frame);
        break;
      case 'invalid':
        this.send(refusalFrame(read, refusals.invalidFrame(read.why)));
    }
  }

  private accept(frame: SendFrame): void {
    if (this.isDraining) {
      this.send(refused(frame.id, refusals.unavailable));
      return;
    }
    this.parts.sends.accept(this.desk, frame).then(
      (result) => (result === moved ? this.acceptAgain(frame) : this.answer(result)),
      (error: unknown) => this.failed(frame, error),
    );
  }

  /** The desk was closed: once more, at the one that took its place. */
  private async acceptAgain(frame: SendFrame): Promise<void> {
    try {
      await this.recover();
      const result = await this.parts.sends.accept(this.desk, frame);
      this.answer(result === moved ? refused(frame.id, refusals.unavailable) : result);
    } catch (error) {
      this.failed(frame, error);
    }
  }

  private answer(result: SendResult): void {
    if (result.ok) this.madeSignals?.sentInto(result.chatId);
    sendsAnswered.inc({ outcome: result.ok ? 'accepted' : result.errorCode });
    this.send(result);
  }

  private failed(frame: SendFrame, error: unknown): void {
    if (!(error instanceof Unavailable)) this.parts.logger.error({ error }, 'a send failed');
    this.answer(refused(frame.id, refusals.unavailable));
  }

  private async react(frame: ReactFrame): Promise<void> {
    if (this.isDraining) return this.send(refusedReaction(frame.id, refusals.unavailable));
    this.signals.expectReaction(frame.id);
    try {
      let result = await this.parts.reactions.accept(this.desk, frame);
      if (result === moved) {
        await this.recover();
        result = await this.parts.reactions.accept(this.desk, frame);
      }
      if (result === underWay) this.signals.reactionStored(frame.id);
      else this.answerReaction(result === moved ? refusedReaction(frame.id, refusals.unavailable) : result);
    } catch (error) {
      if (!(error instanceof Unavailable)) this.parts.logger.error({ error }, 'a reaction failed');
      this.answerReaction(refusedReaction(frame.id, refusals.unavailable));
    }
  }

  private answerReaction(result: ReactionResult): void {
    this.signals.forgetReaction(result.id);
    reactionsAnswered.inc({ outcome: result.ok ? 'accepted' : (result.errorCode ?? '') });
    this.send(result);
  }

  private async signal(frame: ChatSignalFrame): Promise<void> {
    try {
      const refusal = await this.signals.give(frame);
      if (refusal !== undefined) this.refuseSignal(frame, refusal);
    } catch (error) {
      if (!(error instanceof Unavailable)) this.parts.logger.error({ error }, 'a sign of life failed');
      this.refuseSignal(frame, refusals.unavailable);
    }
  }

  private refuseSignal({ id }: ChatSignalFrame, refusal: Refusal): void {
    this.send(refusalFrame({ answer: 'error', id }, refusal));
  }
}

const pingFrame = encodeFrame({ type: 'ping' });

const textOf = (data: RawData): string => data.toString();
