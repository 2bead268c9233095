import { type SyncFrame, subjects } from '@claw/contracts';
import { backoffMs, Unavailable } from '@claw/kernel';
import { type Log, type StandingListener, StandingSubscription } from '@claw/messaging';
import type { Msg } from 'nats';
import { setTimeout as pause } from 'node:timers/promises';
import type { FeedStream } from './feed-stream';
import { type FeedSink, handEntry } from './hand-entry';
import { Replays } from './replays';
import type { Turnstile } from './turnstile';

export interface AgentFeedParts {
  readonly stream: FeedStream;
  /** Lets a few through at a time when all sockets of a process have to look at once. */
  readonly turnstile: Turnstile;
  readonly logger: Log;
}

/** Who hears what is kept nowhere. */
export interface SignalHearer {
  hear(signal: Msg): void;
}

/**
 * One socket's view of its subaccount's feed: entries live as they are stored, what was missed read from the stream,
 * replays on request; each sequence once, live ones in order. Signals come by the same subscription.
 */
export class AgentFeed implements StandingListener {
  /** The newest sequence when it was opened: what came later comes live. */
  openedAt = 0;
  isClosed = false;
  private head = 0;
  private isFilling = true;
  /** Something live came, or may have, that wasn't handed on. */
  private isBehind = false;
  private subscription: StandingSubscription | undefined;
  private sink: FeedSink | undefined;
  private signals: SignalHearer | undefined;
  /** Made with the first replay: most sockets never ask for one. */
  private replays: Replays | undefined;

  constructor(
    private readonly parts: AgentFeedParts,
    readonly subaccountId: string,
  ) {}

  /** Listens from here on; answers the newest sequence before. Throws `Unavailable`. */
  async open(): Promise<number> {
    const { stream } = this.parts;
    this.subscription = new StandingSubscription(stream.nats, subjects.live(this.subaccountId), this);
    try {
      // The question goes the same way after the subscription: what is stored behind its answer comes live.
      this.openedAt = this.head = await stream.lastSeq(this.subaccountId);
    } catch (error) {
      this.close();
      throw error;
    }
    return this.head;
  }

  /** Hands on what came since {@link open}, and whatever comes; signals only from here on. */
  start(sink: FeedSink, signals: SignalHearer): void {
    this.sink = sink;
    this.signals = signals;
    this.isFilling = false;
    if (this.isBehind) this.fill();
  }

  /** The newest sequence that this feed is known to hold. */
  get seq(): number {
    return this.head;
  }

  close(): void {
    this.isClosed = true;
    this.subscription?.stop();
  }

  /** Replays what the socket hasn't been given of what it asks for, then says so. */
  sync(frame: SyncFrame): void {
    if (this.sink === undefined) return;
    this.replays ??= new Replays(this.parts, this, this.sink);
    this.replays.ask(frame);
  }

  linkChanged(connected: boolean): void {
    this.isBehind = true;
    if (connected) this.fill();
  }

  receive(message: Msg): void {
    if (isEntry(message)) this.receiveEntry(message);
    else this.signals?.hear(message);
  }

  private receiveEntry(message: Msg): void {
    const seq = Number(message.headers?.get('Nats-Sequence'));
    const previous = Number(message.headers?.get('Nats-Last-Sequence'));
    if (!(seq > this.head)) return;
    if (this.isFilling || this.sink === undefined) this.isBehind = true;
    else if (previous > this.head) this.fill();
    else this.handLive(seq, message.string());
  }

  private handLive(seq: number, entry: string): void {
    this.head = seq;
    if (this.sink !== undefined) handEntry(this.parts, this.sink, { seq, entry, replay: false });
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

/** What the stream republishes says where it stands. */
const isEntry = ({ headers }: Msg): boolean => headers?.has('Nats-Sequence') === true;
