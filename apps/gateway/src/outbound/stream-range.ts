import { faultOf, type NatsLink } from '@claw/messaging';
import { AckPolicy, DeliverPolicy, type JsMsg, nanos } from 'nats';

export interface StreamRange {
  readonly stream: string;
  readonly filter: string;
  /** From a sequence on, or from a time on. */
  readonly from: { readonly seq: number } | { readonly time: string };
  readonly headersOnly?: boolean;
}

const batch = 500;
/** An abandoned read is forgotten by the server after this. */
const forgottenAfterMs = 15_000;
const pullMs = 5_000;
/** A connection that drops takes what was on its way with it: the read goes on behind what came. */
const maxRounds = 10_000;

/**
 * What a stream holds of a subject from somewhere up to its end as of now, in order, pulled in batches: the reader
 * sets the pace. Throws `Unavailable`.
 */
export async function* readRange(nats: NatsLink, range: StreamRange): AsyncGenerator<JsMsg, void, void> {
  let from = range.from;
  for (let round = 0; round < maxRounds; round += 1) {
    let last: JsMsg | undefined;
    for await (const message of pull(nats, { ...range, from })) {
      last = message;
      yield message;
    }
    if (last === undefined || last.info.pending === 0) return;
    from = { seq: last.seq + 1 };
  }
}

/** One consumer, as far as it gets. */
async function* pull(nats: NatsLink, { stream, filter, from, headersOnly }: StreamRange) {
  try {
    const { jetStream } = nats.now();
    const manager = await nats.manager();
    const made = await manager.consumers.add(stream, {
      ack_policy: AckPolicy.None,
      filter_subject: filter,
      inactive_threshold: nanos(forgottenAfterMs),
      mem_storage: true,
      ...(headersOnly === true && { headers_only: true }),
      ...('seq' in from
        ? { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: Math.max(1, from.seq) }
        : { deliver_policy: DeliverPolicy.StartTime, opt_start_time: from.time }),
    });
    try {
      const consumer = jetStream.consumers.getPullConsumerFor(made);
      for (let left = made.num_pending; left > 0;) {
        const wanted = Math.min(batch, left);
        let got = 0;
        for await (const message of await consumer.fetch({ max_messages: wanted, expires: pullMs })) {
          got += 1;
          yield message;
          if (message.info.pending === 0) return;
        }
        if (got < wanted) return;
        left -= got;
      }
    } finally {
      // It goes by itself; this is only to be tidy.
      void manager.consumers.delete(stream, made.name).catch(() => undefined);
    }
  } catch (error) {
    throw faultOf('JetStream', error);
  }
}
