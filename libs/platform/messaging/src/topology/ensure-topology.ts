import { backoffMs } from '@claw/kernel';
import {
  DiscardPolicy,
  type JetStreamManager,
  nanos,
  NatsError,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
} from 'nats';
import { faultOf, reasonOf } from '../connection/faults';
import type { NatsLink } from '../connection/nats-link';
import { type Log, silentLog } from '../log';
import { pause } from '../pause';
import type { BucketDefinition, StreamDefinition, Topology } from './definitions';

type Wanted = Partial<StreamConfig> & { name: string; subjects: string[] };

const defaultDuplicateWindowMs = 120_000;

const streamConfig = (stream: StreamDefinition, replicas: number): Wanted => ({
  name: stream.name,
  subjects: [...stream.subjects],
  retention: RetentionPolicy.Limits,
  storage: StorageType.File,
  discard: stream.discard === 'new' ? DiscardPolicy.New : DiscardPolicy.Old,
  max_age: nanos(stream.maxAgeMs ?? 0),
  max_bytes: stream.maxBytes ?? -1,
  max_msg_size: stream.maxMessageBytes ?? -1,
  duplicate_window: nanos(windowWithin(stream.maxAgeMs, stream.duplicateWindowMs)),
  num_replicas: replicas,
  ...(stream.republish && {
    republish: { src: stream.republish.source, dest: stream.republish.destination },
  }),
});

/** Reads come from the leader (`allow_direct` off), so that a write that was answered is seen by every later read. */
const bucketConfig = (bucket: BucketDefinition, replicas: number): Wanted => ({
  name: `KV_${bucket.name}`,
  subjects: [`$KV.${bucket.name}.>`],
  retention: RetentionPolicy.Limits,
  storage: StorageType.File,
  discard: DiscardPolicy.New,
  max_msgs_per_subject: bucket.history ?? 1,
  max_age: nanos(bucket.ttlMs ?? 0),
  max_bytes: bucket.maxBytes ?? -1,
  duplicate_window: nanos(windowWithin(bucket.ttlMs)),
  num_replicas: replicas,
  allow_rollup_hdrs: true,
  deny_delete: true,
  allow_direct: false,
});

/** The server refuses to remember a message id for longer than the message. */
const windowWithin = (maxAgeMs: number | undefined, wanted = defaultDuplicateWindowMs): number =>
  maxAgeMs === undefined ? wanted : Math.min(wanted, maxAgeMs);

const differs = (wanted: Wanted, actual: StreamConfig): boolean =>
  Object.entries(wanted).some(
    ([name, value]) => JSON.stringify(value) !== JSON.stringify(actual[name as keyof StreamConfig]),
  );

const isMissing = (error: unknown): boolean => error instanceof NatsError && error.api_error?.code === 404;

const actualConfig = async (manager: JetStreamManager, name: string): Promise<StreamConfig | undefined> => {
  try {
    return (await manager.streams.info(name)).config;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
};

const ensureStream = async (manager: JetStreamManager, wanted: Wanted): Promise<void> => {
  const actual = await actualConfig(manager, wanted.name);
  if (actual === undefined) await manager.streams.add(wanted);
  else if (differs(wanted, actual)) await manager.streams.update(wanted.name, wanted);
};

/** One stream that can't be made as defined doesn't hold up the others. */
const isEnsured = async (manager: JetStreamManager, wanted: Wanted, log: Log): Promise<boolean> => {
  try {
    await ensureStream(manager, wanted);
    return true;
  } catch (error) {
    const reason = reasonOf(faultOf('JetStream', error));
    log.warn({ stream: wanted.name, reason }, 'stream is not as defined yet');
    return false;
  }
};

/**
 * Makes the streams and buckets as defined: creates what is missing, updates what differs, leaves the rest
 * alone. Many processes may do it at once. Tries for ever, with backoff, until all is so; resolves to false
 * only when `signal` ended it before. What the server won't change (a storage kind, say) stays a logged failure.
 */
export const ensureTopology = async (
  nats: NatsLink,
  topology: Topology,
  { signal, logger = silentLog }: { readonly signal?: AbortSignal; readonly logger?: Log } = {},
): Promise<boolean> => {
  const pending = new Map(
    [
      ...topology.streams.map((stream) => streamConfig(stream, topology.replicas)),
      ...topology.buckets.map((bucket) => bucketConfig(bucket, topology.replicas)),
    ].map((wanted) => [wanted.name, wanted]),
  );
  for (let attempt = 1; pending.size > 0 && !signal?.aborted; attempt += 1) {
    try {
      await nats.up(5_000, signal);
      const manager = await nats.manager();
      const ensuring = [...pending.values()].map(async (wanted) => {
        if (await isEnsured(manager, wanted, logger)) pending.delete(wanted.name);
      });
      await Promise.all(ensuring);
    } catch (error) {
      logger.warn({ reason: reasonOf(error) }, 'streams wait for NATS');
    }
    if (pending.size > 0) await pause(backoffMs(attempt, 100, 5_000), signal);
  }
  return pending.size === 0;
};
