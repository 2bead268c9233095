import type { SyncFrame } from '@claw/contracts';
import { Unavailable } from '@claw/kernel';
import type { Log } from '@claw/messaging';
import { encodeFrame } from '../frames/server-frame';
import { DeliveredRanges } from './delivered-ranges';
import type { FeedStream } from './feed-stream';
import { type FeedSink, handEntry } from './hand-entry';
import { replayStart, type ReplayStart } from './sync-request';

const mostWaiting = 5;

export interface ReplaysParts {
  readonly stream: FeedStream;
  readonly logger: Log;
}

/** The feed that is replayed, as it is followed live. */
export interface FollowedFeed {
  readonly subaccountId: string;
  /** The newest sequence before those that come live. */
  readonly openedAt: number;
  readonly seq: number;
  readonly isClosed: boolean;
}

/** The replays that one socket asks for, one after the other; none gives it what it has been given. */
export class Replays {
  private readonly delivered: DeliveredRanges;
  private running: Promise<void> = Promise.resolve();
  private waiting = 0;

  constructor(
    private readonly parts: ReplaysParts,
    private readonly feed: FollowedFeed,
    private readonly sink: FeedSink,
  ) {
    this.delivered = new DeliveredRanges(feed.openedAt);
  }

  ask(sync: SyncFrame): void {
    if (this.waiting >= mostWaiting) {
      this.tell('rate_limited', 'Wait for sync.done before the next sync.');
      return;
    }
    this.waiting += 1;
    this.running = this.running.then(() => this.replay(sync)).finally(() => (this.waiting -= 1));
  }

  private async replay(sync: SyncFrame): Promise<void> {
    const { sink, feed } = this;
    try {
      const state = await this.parts.stream.state();
      const { from, gap } = replayStart(sync, state);
      if (gap) sink.send(encodeFrame({ type: 'sync.gap', oldest_seq: state.firstSeq }));
      const count = await this.replayFrom(from);
      sink.send(encodeFrame({ type: 'sync.done', count, seq: feed.seq }));
    } catch (error) {
      if (!(error instanceof Unavailable)) this.parts.logger.error({ error }, 'a replay failed');
      this.tell('unavailable', 'The replay was cut short; sync again.');
    }
  }

  private async replayFrom(from: ReplayStart['from']): Promise<number> {
    const { parts, feed, sink, delivered } = this;
    const upTo = delivered.missingUpTo;
    let first = 'seq' in from ? from.seq : undefined;
    if (upTo === 0 || (first !== undefined && first > upTo)) return 0;
    let count = 0;
    for await (const stored of parts.stream.read(feed.subaccountId, from)) {
      const { seq } = stored;
      if (feed.isClosed || seq > upTo) break;
      first ??= seq;
      if (delivered.has(seq)) continue;
      if (handEntry(parts, sink, { seq, entry: stored.string(), replay: true })) count += 1;
      delivered.add({ from: first, to: seq });
      await sink.room();
    }
    return count;
  }

  private tell(code: string, message: string): void {
    this.sink.send(encodeFrame({ type: 'error', code, message }));
  }
}
