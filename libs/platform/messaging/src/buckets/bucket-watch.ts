import { Unavailable, withDeadline } from '@claw/kernel';
import { consumerOpts, type JetStreamSubscription, type JsMsg } from 'nats';
import { faultOf } from '../connection/faults';
import type { NatsLink } from '../connection/nats-link';

export interface RawEntry {
  readonly key: string;
  readonly deleted: boolean;
  readonly data: Uint8Array;
  readonly sequence: number;
}

export interface WatchOptions {
  readonly bucket: string;
  /** Keys by pattern; `>` is all. */
  readonly filter: string;
  readonly headersOnly?: boolean;
  /** How long the server may take to begin, in milliseconds. */
  readonly askMs: number;
}

export interface WatchEvents {
  entry(entry: RawEntry): void;
  /** Everything that was there when the watch began has been told. */
  caughtUp(): void;
  /** The watch has ended and tells nothing more. */
  broken(error: unknown): void;
}

export interface BucketWatch {
  /** Messages that the server has not sent yet. */
  pending(): Promise<number>;
  stop(): void;
}

/**
 * A watch is kept by one node of a cluster: when that dies, nothing tells so but its silence. After two beats without
 * one the client asks another node to go on behind what came.
 */
const heartbeatMs = 1_000;

/**
 * The last value of each key, then every change. By callback, as a bucket may hold a million keys. Ends as
 * `broken` when the link goes down: what changed meanwhile is only known to a new watch.
 */
export const watchBucket = async (
  nats: NatsLink,
  { bucket, filter, headersOnly = false, askMs }: WatchOptions,
  events: WatchEvents,
): Promise<BucketWatch> => {
  const prefix = `$KV.${bucket}.`;
  let live = true;
  let caught = false;
  let last = Number.MAX_SAFE_INTEGER;
  const catchUp = () => {
    if (caught || !live) return;
    caught = true;
    events.caughtUp();
  };
  const stop = () => {
    live = false;
    stopListening();
    subscription?.unsubscribe();
  };
  const fail = (error: unknown) => {
    if (!live) return;
    stop();
    events.broken(error);
  };
  const receive = (message: JsMsg) => {
    events.entry({
      key: message.subject.slice(prefix.length),
      deleted: isDeletion(message),
      data: message.data,
      sequence: message.info.streamSequence,
    });
    if (message.info.pending === 0 || message.info.streamSequence >= last) catchUp();
  };
  const options = consumerOpts();
  options.bindStream(`KV_${bucket}`);
  options.orderedConsumer();
  options.idleHeartbeat(heartbeatMs);
  options.deliverLastPerSubject();
  if (headersOnly) options.headersOnly();
  options.callback((error, message) => {
    if (!live) return;
    if (error !== null) fail(error);
    else if (message !== null) receive(message);
  });

  let subscription: JetStreamSubscription | undefined;
  const stopListening = nats.onChange((connected) => connected || fail(new Unavailable('NATS')));
  try {
    // Under constant writes the server may never say that nothing is pending: what was last at first is enough.
    last = (await (await nats.manager(askMs)).streams.info(`KV_${bucket}`)).state.last_seq;
    subscription = await nats.jetStream(askMs).subscribe(prefix + filter, options);
    const opened = subscription;
    const info = async () => opened.consumerInfo();
    const first = await info();
    if (first.num_pending === 0 && first.delivered.consumer_seq === 0) catchUp();
    return { pending: async () => (await info()).num_pending, stop };
  } catch (error) {
    stop();
    throw faultOf(`bucket ${bucket}`, error);
  }
};

const isDeletion = (message: JsMsg): boolean => {
  const operation = message.headers?.get('KV-Operation');
  return operation === 'DEL' || operation === 'PURGE';
};

/** Tells every key's last value once through. Throws `Unavailable` where it isn't through within the deadline. */
export const scanBucket = async (
  nats: NatsLink,
  { deadlineMs, ...options }: Omit<WatchOptions, 'askMs'> & { readonly deadlineMs: number },
  tell: (entry: RawEntry) => void,
): Promise<void> => {
  let through = false;
  let opening: Promise<BucketWatch> | undefined;
  const scan = new Promise<void>((resolve, reject) => {
    opening = watchBucket(
      nats,
      { ...options, askMs: deadlineMs },
      {
        entry: (entry) => {
          if (!through) tell(entry);
        },
        caughtUp: () => {
          through = true;
          resolve();
        },
        broken: reject,
      },
    );
    opening.catch(reject);
  });
  try {
    await withDeadline(`reading bucket ${options.bucket}`, deadlineMs, scan);
  } catch (error) {
    throw faultOf(`bucket ${options.bucket}`, error);
  } finally {
    through = true;
    opening?.then((watch) => watch.stop()).catch(() => undefined);
  }
};
