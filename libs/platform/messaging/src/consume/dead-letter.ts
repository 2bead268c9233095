import type { JetStreamPublisher } from '../publish/jetstream-publisher';
import type { ConsumerDefinition } from './consumer-definition';
import type { Held } from './hand';

/** The headers of a dead letter; its payload is the message's own. */
export const deadLetterHeaders = {
  stream: 'Claw-Dead-Stream',
  consumer: 'Claw-Dead-Consumer',
  subject: 'Claw-Dead-Subject',
  sequence: 'Claw-Dead-Sequence',
  reason: 'Claw-Dead-Reason',
  attempts: 'Claw-Dead-Attempts',
} as const;

const longestReason = 500;

/** Keeps a message in the dead letter, once however often that is asked for (within the duplicate window). */
export const buryMessage = async (
  publisher: JetStreamPublisher,
  definition: ConsumerDefinition,
  held: Held,
  reason: string,
): Promise<void> => {
  const original = Object.fromEntries(
    (held.received.headers?.keys() ?? [])
      .filter((name) => !name.startsWith('Nats-'))
      .map((name) => [name, held.received.headers?.get(name) ?? '']),
  );
  await publisher.publish(definition.deadSubject, held.received.data, {
    msgId: `${definition.stream}/${definition.durable}/${held.sequence}`,
    headers: {
      ...original,
      [deadLetterHeaders.stream]: definition.stream,
      [deadLetterHeaders.consumer]: definition.durable,
      [deadLetterHeaders.subject]: held.received.subject,
      [deadLetterHeaders.sequence]: String(held.sequence),
      [deadLetterHeaders.reason]: reason.replace(/\s+/g, ' ').slice(0, longestReason),
      [deadLetterHeaders.attempts]: String(held.counted),
    },
  });
};
