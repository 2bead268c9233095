import { reasonOf } from '../connection/faults';
import type { NatsLink } from '../connection/nats-link';
import { type ConsumerDefinition, checkDefinition } from './consumer-definition';
import { JetStreamConsumer } from './jetstream-consumer';
import { receivedMessage } from './received-message';
import { replayedMessage, replaysOf } from './replays';

/** A running consumer. */
export interface Consumer {
  /** Resolves when messages can arrive; rejects where the server calls the definition wrong. */
  readonly started: Promise<void>;
  /** Messages in hand. */
  readonly inHand: number;
  /**
   * Takes nothing more, hands back what isn't begun, waits up to `deadlineMs` for what is, then aborts it. Takes up
   * to a second or so however short the deadline, as the open pull has to run out.
   */
  stop(deadlineMs?: number): Promise<void>;
}

/**
 * Handles a stream's messages: each ends as done, is tried again, or is kept in the dead letter, and only then
 * does the server forget it. Throws where the definition is wrong in itself; once started it heals from
 * everything. A message may be handled twice (a process died between handling and ack): handlers are idempotent.
 * Dead letters of this consumer that are put back come to the same handler, as they were.
 */
export const consume = (nats: NatsLink, definition: ConsumerDefinition): Consumer => {
  const replays = consumeReplays(nats, definition);
  const own = new JetStreamConsumer(nats, definition, { of: definition, read: receivedMessage });
  return {
    started: own.started,
    get inHand() {
      return own.inHand + replays.inHand;
    },
    stop: async (deadlineMs) => {
      await Promise.all([own.stop(deadlineMs), replays.stop(deadlineMs)]);
    },
  };
};

/**
 * Only what is put back for a consumer, which `stream` and `durable` name. For one that reads its stream in a way of
 * its own.
 */
export const consumeReplays = (nats: NatsLink, definition: ConsumerDefinition): Consumer => {
  checkDefinition(definition);
  const replays = new JetStreamConsumer(nats, replaysOf(definition), {
    of: definition,
    read: replayedMessage,
  });
  replays.started.catch((error: unknown) =>
    definition.logger?.error({ durable: definition.durable, reason: reasonOf(error) }, 'no replays'),
  );
  return replays;
};
