import { streams, subjects } from '@claw/contracts';
import { Unavailable } from '@claw/kernel';
import { faultOf, healingAskMs, type NatsLink } from '@claw/messaging';
import {
  AckPolicy,
  ConsumerEvents,
  type ConsumerMessages,
  DeliverPolicy,
  type JsMsg,
  nanos,
  ReplayPolicy,
} from 'nats';
import { Batches } from './batches';

const batchSize = 200;
/** The server forgets a reader that is gone after this long. */
const inactiveMs = 60_000;
/** A reader is kept by one node of a cluster: when that dies, nothing tells so but its silence for two beats. */
const beatMs = 2_000;

export interface ReadOptions {
  readonly partition: number;
  /** The last sequence that was read. */
  readonly after: number;
  readonly signal: AbortSignal;
}

/**
 * A partition of OUTBOUND from a place on, in order and without gaps, in batches of what is there. Nothing is
 * acknowledged: how far it was read is written with what was read. Ends when aborted, throws where the reading
 * breaks off; then one begins anew behind the last batch.
 */
export async function* readOutbound(
  nats: NatsLink,
  { partition, after, signal }: ReadOptions,
): AsyncGenerator<readonly JsMsg[], void, void> {
  const messages = await open(nats, partition, after);
  const stop = () => messages.stop();
  const stopListening = nats.onChange((connected) => connected || stop());
  void stopWhenSilent(messages);
  signal.addEventListener('abort', stop, { once: true });
  const batches = new Batches<JsMsg>(batchSize);
  const pumping = pump(messages, batches).finally(() => batches.end());
  pumping.catch(() => undefined);
  try {
    while (!signal.aborted) {
      const batch = await batches.next();
      if (batch === undefined) break;
      yield batch;
    }
    if (signal.aborted) return;
    await pumping;
    throw new Unavailable('OUTBOUND');
  } catch (error) {
    throw faultOf('OUTBOUND', error);
  } finally {
    signal.removeEventListener('abort', stop);
    stopListening();
    stop();
    batches.end();
  }
}

const stopWhenSilent = async (messages: ConsumerMessages): Promise<void> => {
  for await (const { type } of await messages.status()) {
    if (type === ConsumerEvents.HeartbeatsMissed) messages.stop();
  }
};

const pump = async (messages: ConsumerMessages, batches: Batches<JsMsg>): Promise<void> => {
  let delivered = 0;
  for await (const message of messages) {
    delivered += 1;
    if (message.info.deliverySequence !== delivered) throw new Unavailable('OUTBOUND');
    if (!(await batches.add(message))) return;
  }
};

const open = async (nats: NatsLink, partition: number, after: number): Promise<ConsumerMessages> => {
  try {
    const manager = await nats.manager(healingAskMs);
    const made = await manager.consumers.add(streams.outbound.name, {
      filter_subject: subjects.outboundPartition(partition),
      deliver_policy: DeliverPolicy.StartSequence,
      opt_start_seq: after + 1,
      replay_policy: ReplayPolicy.Instant,
      ack_policy: AckPolicy.None,
      inactive_threshold: nanos(inactiveMs),
      mem_storage: true,
      num_replicas: 1,
    });
    const reader = nats.jetStream(healingAskMs).consumers.getPullConsumerFor(made);
    return await reader.consume({
      max_messages: batchSize,
      expires: 30_000,
      idle_heartbeat: beatMs,
      abort_on_missing_resource: true,
    });
  } catch (error) {
    throw faultOf('OUTBOUND', error);
  }
};

/** The last sequence of OUTBOUND: a place behind it is from a stream that is no more. */
export const lastOutboundSequence = async (nats: NatsLink): Promise<number> => {
  try {
    const manager = await nats.manager(healingAskMs);
    return (await manager.streams.info(streams.outbound.name)).state.last_seq;
  } catch (error) {
    throw faultOf('OUTBOUND', error);
  }
};
