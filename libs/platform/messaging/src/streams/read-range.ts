import { Unavailable } from '@claw/kernel';
import { AckPolicy, DeliverPolicy, type JsMsg, nanos, NatsError } from 'nats';
import { faultOf } from '../connection/faults';
import type { NatsLink } from '../connection/nats-link';

export interface StreamRange {
  readonly stream: string;
  readonly filter: string;
  /** From a sequence on, or from a time on. */
  readonly from: { readonly seq: number } | { readonly time: string };
  readonly headersOnly?: boolean;
}

type JetStreamAccess = Pick<NatsLink, 'now' | 'manager'>;

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
export async function* readRange(
  nats: JetStreamAccess,
  range: StreamRange,
): AsyncGenerator<JsMsg, void, void> {
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
async function* pull(nats: JetStreamAccess, { stream, filter, from, headersOnly }: StreamRange) {
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
        // Nothing where something waits is no end: the server, or its memory of this reader, has gone.
        if (got === 0) throw new Unavailable('JetStream');
        if (got < wanted) return;
        left -= got;
      }
    } finally {
      // It goes by itself; this is only to be tidy.
      void manager.consumers.delete(stream, made.name).catch(() => undefined);
    }
  } catch (error) {
    throw isReaderGone(error)
      ? new Unavailable('JetStream', false, { cause: error })
      : faultOf('JetStream', error);
  }
}

const consumerNotFound = 10014;

/** The server has forgotten the reader, in whichever of the client's words. */
const isReaderGone = (error: unknown): boolean =>
  error instanceof NatsError &&
  (error.api_error === undefined || error.api_error.err_code === consumerNotFound);
