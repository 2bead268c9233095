import { streams, subjects } from '@claw/contracts';
import { faultOf, type NatsLink, readRange } from '@claw/messaging';
import { type JsMsg, NatsError } from 'nats';

/** What of all feeds is kept, and which life of the stream it is. */
export interface FeedState {
  /** When the stream was made: sequences of another one mean nothing here. */
  readonly epoch: string;
  readonly firstSeq: number;
  /** When the oldest entry kept was stored; of an empty feed, since when nothing can be missing. */
  readonly firstMs: number;
}

const stream = streams.feed.name;
const noMessageFound = 10037;

/** FEED as this service reads it. Everything throws `Unavailable`. */
export class FeedStream {
  constructor(readonly nats: NatsLink) {}

  async state(): Promise<FeedState> {
    try {
      const { created, state } = await (await this.nats.manager()).streams.info(stream);
      const keptSinceMs = Date.now() - streams.feed.maxAgeMs;
      const firstMs = state.messages === 0 ? keptSinceMs : Date.parse(state.first_ts);
      return { epoch: created, firstSeq: state.first_seq, firstMs };
    } catch (error) {
      throw faultOf('JetStream', error);
    }
  }

  /** The newest entry's sequence; 0 where there is none. */
  async lastSeq(subaccountId: string): Promise<number> {
    try {
      const manager = await this.nats.manager();
      return (await manager.streams.getMessage(stream, { last_by_subj: subjects.feed(subaccountId) })).seq;
    } catch (error) {
      if (error instanceof NatsError && error.api_error?.err_code === noMessageFound) return 0;
      throw faultOf('JetStream', error);
    }
  }

  /** A subaccount's entries from somewhere up to the end as of now, in order. */
  read(
    subaccountId: string,
    from: { readonly seq: number } | { readonly time: string },
  ): AsyncGenerator<JsMsg, void, void> {
    return readRange(this.nats, { stream, filter: subjects.feed(subaccountId), from });
  }
}
