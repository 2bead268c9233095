import { type SyncFrame, subjects } from '@claw/contracts';
import { backoffMs, Unavailable } from '@claw/kernel';
import type { Log } from '@claw/messaging';
import type { Msg, Subscription } from 'nats';
import { setTimeout as pause } from 'node:timers/promises';
import { encodeEntry, encodeFrame } from '../frames/server-frame';
import { DeliveredRanges } from './delivered-ranges';
import type { FeedStream } from './feed-stream';
import { replayStart } from './sync-request';
import type { Turnstile } from './turnstile';

/** Where frames go: a socket. */
export interface FeedSink {
  send(frame: string): void;
  /** Resolves when there is room for more; at once for one that is closed. */
  room(): Promise<void>;
}

export interface AgentFeedParts {
  readonly stream: FeedStream;
  /** Lets a few through at a time when all sockets of a process have to look at once. */
  readonly turnstile: Turnstile;
  readonly logger: Log;
}

/**
 * One socket's view of its subaccount's feed: entries live as they are stored, what was missed read from the stream,
 * replays on request; each sequence once, live ones in order.
 */
export class AgentFeed {
  private head = 0;
  private isClosed = false;
  private isFilling = true;
  /** Something live came, or may have, that wasn't handed on. */
  private isBehind = false;
  private delivered = new DeliveredRanges(0);
  private subscription: Subscription | undefined;
  private stopFollowing: () => void = () => undefined;
  private sink: FeedSink | undefined;

  constructor(
    private readonly parts: AgentFeedParts,
    private readonly subaccountId: string,
  ) {}

  /** Listens from here on; answers the newest sequence before. Throws `Unavailable`. */
  async open(): Promise<number> {
    const { nats } = this.parts.stream;
    const { connection } = nats.now();
    const subject = subjects.live(this.subaccountId);
    this.subscription = connection.subscribe(subject, {
      callback: (error, message) => {
        if (error === null) this.receive(message);
      },
    });
    this.stopFollowing = nats.onChange((connected) => {
      this.isBehind = true;
      if (connected) this.fill();
    });
    try {
      // The question goes the same way after the subscription: what is stored behind its answer comes live.
      this.head = await this.parts.stream.lastSeq(this.subaccountId);
    } catch (error) {
      this.close();
      throw error;
    }
    this.delivered = new DeliveredRanges(this.head);
    return this.head;
  }

  /** Hands on what came since {@link open}, and whatever comes. */
  start(sink: FeedSink): void {
    this.sink = sink;
    this.isFilling = false;
    if (this.isBehind) this.fill();
  }

  /** The newest sequence that this feed is known to hold. */
  get seq(): number {
    return this.head;
  }

  close(): void {
    this.isClosed = true;
    this.stopFollowing();
    this.subscription?.unsubscribe();
  }

  /** Replays what the socket hasn't been given of what it asks for, then says so. Throws `Unavailable`. */
  async replay(sync: SyncFrame, sink: FeedSink): Promise<void> {
    const state = await this.parts.stream.state();
    const { from, gap } = replayStart(sync, state);
    if (gap) sink.send(encodeFrame({ type: 'sync.gap', oldest_seq: state.firstSeq }));
    const upTo = this.delivered.missingUpTo;
    const count =
      upTo === 0 || ('seq' in from && from.seq > upTo) ? 0 : await this.replayFrom(from, upTo, sink);
    sink.send(encodeFrame({ type: 'sync.done', count, seq: this.head }));
  }

  private async replayFrom(
    from: { readonly seq: number } | { readonly time: string },
    upTo: number,
    sink: FeedSink,
  ): Promise<number> {
    let count = 0;
    let first = 'seq' in from ? from.seq : undefined;
    for await (const entry of this.parts.stream.read(this.subaccountId, from)) {
      if (this.isClosed || entry.seq > upTo) break;
      first ??= entry.seq;
      if (this.delivered.has(entry.seq)) continue;
      if (this.hand(sink, entry.seq, entry.string(), true)) count += 1;
      this.delivered.add({ from: first, to: entry.seq });
      await sink.room();
    }
    return count;
  }

  private receive(message: Msg): void {
    const seq = Number(message.headers?.get('Nats-Sequence'));
    const previous = Number(message.headers?.get('Nats-Last-Sequence'));
    if (!(seq > this.head)) return;
    if (this.isFilling || this.sink === undefined) this.isBehind = true;
    else if (previous > this.head) this.fill();
    else this.handLive(seq, message.string());
  }

  private handLive(seq: number, entry: string): void {
    this.head = seq;
    if (this.sink !== undefined) this.hand(this.sink, seq, entry, false);
  }

  private hand(sink: FeedSink, seq: number, entry: string, replay: boolean): boolean {
    const frame = encodeEntry(entry, seq, replay);
    if (frame === undefined) {
      this.parts.logger.error({ seq }, 'a feed entry is no frame');
      return false;
    }
    sink.send(frame);
    return true;
  }

  /** Reads what was missed from the stream until nothing is; live entries wait meanwhile. */
  private fill(): void {
    if (this.isFilling || this.isClosed) return;
    this.isFilling = true;
    this.fillUp().catch((error: unknown) => {
      this.isFilling = false;
      this.parts.logger.error({ error }, 'a feed could not be filled up');
    });
  }

  private async fillUp(): Promise<void> {
    for (let failures = 0; !this.isClosed;) {
      this.isBehind = false;
      try {
        await this.parts.turnstile.pass(() => this.readOn());
        if (!this.isBehind) {
          this.isFilling = false;
          return;
        }
        failures = 0;
      } catch (error) {
        if (!(error instanceof Unavailable)) throw error;
        failures += 1;
        await pause(backoffMs(failures, 50, 2_000));
      }
    }
  }

  private async readOn(): Promise<void> {
    if ((await this.parts.stream.lastSeq(this.subaccountId)) <= this.head) return;
    for await (const entry of this.parts.stream.read(this.subaccountId, { seq: this.head + 1 })) {
      if (this.isClosed) return;
      this.handLive(entry.seq, entry.string());
      await this.sink?.room();
    }
  }
}
