import type { Log } from '../log';
import type { Outcome } from './outcome';
import type { ReceivedMessage } from './received-message';

export interface HandlingContext {
  /** 1 at first; only tries that count raise it, and only in this process. */
  readonly attempt: number;
  /** How often the server has delivered the message to anyone. */
  readonly deliveries: number;
  /** Aborted when the consumer's stop can't wait any longer. */
  readonly signal: AbortSignal;
}

export interface ConsumerDefinition {
  readonly stream: string;
  /** Shared by all processes that split the work between them. */
  readonly durable: string;
  /** The whole stream where there is none. */
  readonly filterSubject?: string;
  /** Handlers at work at the same time. */
  readonly concurrency: number;
  /** Messages held at the same time: at work, waiting for their key, or for their next try. 8 × concurrency unless told. */
  readonly maxInHand?: number;
  /** Messages of one key are handled one after the other, in order, also while one of them waits for its next try. */
  readonly orderBy?: (message: ReceivedMessage) => string;
  /** How long the server waits for a sign of life before another process gets the message. */
  readonly ackWaitMs: number;
  /** Tries that count before the dead letter. */
  readonly maxDeliver: number;
  /** Deliveries after which a message that never got an outcome goes to the dead letter: it may be killing its handlers. 50 unless told. */
  readonly maxUnanswered?: number;
  /** Milliseconds before the next try, after so many tries; doubling up to 30 s unless told. */
  readonly backoff?: (tries: number) => number;
  readonly handle: (message: ReceivedMessage, context: HandlingContext) => Promise<Outcome>;
  /** Where what can't be handled is kept. */
  readonly deadSubject: string;
  readonly logger?: Log;
}

const name = /^[A-Za-z0-9_-]+$/;

/** Throws a sentence about what is wrong. */
export const checkDefinition = (definition: ConsumerDefinition): void => {
  const faults = [
    !name.test(definition.stream) && `stream ${JSON.stringify(definition.stream)} is no name`,
    !name.test(definition.durable) && `durable ${JSON.stringify(definition.durable)} is no name`,
    !(Number.isInteger(definition.concurrency) && definition.concurrency > 0) &&
      'concurrency must be 1 or more',
    !((definition.maxInHand ?? definition.concurrency) >= definition.concurrency) &&
      'maxInHand must not be less than concurrency',
    !(definition.ackWaitMs >= 1_000) && 'ackWaitMs must be 1000 or more',
    !(Number.isInteger(definition.maxDeliver) && definition.maxDeliver > 0) && 'maxDeliver must be 1 or more',
    !definition.deadSubject && 'deadSubject is missing',
  ].filter((fault) => fault !== false);
  if (faults.length > 0) throw new Error(`consumer ${definition.durable}: ${faults.join('; ')}`);
};
