import { counter } from '@claw/observability';
import type { MsgHdrs } from 'nats';
import type { JetStreamPublisher } from '../publish/jetstream-publisher';
import type { ReceivedMessage } from './received-message';

/** The headers of a dead letter; its payload and its other headers are the message's own. */
export const deadLetterHeaders = {
  stream: 'Claw-Dead-Stream',
  consumer: 'Claw-Dead-Consumer',
  subject: 'Claw-Dead-Subject',
  sequence: 'Claw-Dead-Sequence',
  storedAt: 'Claw-Dead-Stored-At',
  reason: 'Claw-Dead-Reason',
  attempts: 'Claw-Dead-Attempts',
} as const;

/** A message that a consumer gives up on. */
export interface GivenUp {
  readonly stream: string;
  readonly consumer: string;
  readonly message: Pick<ReceivedMessage, 'subject' | 'sequence' | 'storedAt' | 'data' | 'headers'>;
  readonly reason: string;
  readonly attempts: number;
  /** The same however often this giving up is written down, and another one's never. */
  readonly id: string;
}

const longestReason = 500;

const deadLetters = counter({
  name: 'dead_letters_total',
  help: 'Messages that this process gave up on, by the consumer and its stream',
  labels: ['stream', 'consumer'],
});

/** Keeps a message in the dead letter, once however often that is asked for (within the duplicate window). */
export const buryMessage = async (
  publisher: JetStreamPublisher,
  deadSubject: string,
  { stream, consumer, message, reason, attempts, id }: GivenUp,
): Promise<void> => {
  const { duplicate } = await publisher.publish(deadSubject, message.data, {
    msgId: id,
    headers: {
      ...ownHeaders(message.headers),
      [deadLetterHeaders.stream]: stream,
      [deadLetterHeaders.consumer]: consumer,
      [deadLetterHeaders.subject]: message.subject,
      [deadLetterHeaders.sequence]: String(message.sequence),
      [deadLetterHeaders.storedAt]: message.storedAt,
      [deadLetterHeaders.reason]: reason.replace(/\s+/g, ' ').slice(0, longestReason),
      [deadLetterHeaders.attempts]: String(attempts),
    },
  });
  if (!duplicate) deadLetters.inc({ stream, consumer });
};

/** A message's headers without those that NATS itself understands. */
export const ownHeaders = (headers: MsgHdrs | undefined): Record<string, string> =>
  Object.fromEntries(
    (headers?.keys() ?? [])
      .filter((name) => !name.startsWith('Nats-'))
      .map((name) => [name, headers?.get(name) ?? '']),
  );
