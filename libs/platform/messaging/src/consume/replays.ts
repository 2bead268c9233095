import { streams, subjects } from '@claw/contracts';
import type { Instant } from '@claw/kernel';
import { headers as newHeaders, type JsMsg } from 'nats';
import type { ConsumerDefinition } from './consumer-definition';
import { deadLetterHeaders, ownHeaders } from './dead-letter';
import { type ReceivedMessage, receivedMessage } from './received-message';

/** The durable under which a consumer of a stream reads what is put back for it. */
export const replayDurable = (stream: string, consumer: string): string => `${stream}-${consumer}`;

/** A consumer's second source: REPLAY, as far as it is for this consumer. One at a time will do for it. */
export const replaysOf = ({ maxInHand: _, ...definition }: ConsumerDefinition): ConsumerDefinition => ({
  ...definition,
  stream: streams.replay.name,
  durable: replayDurable(definition.stream, definition.durable),
  filterSubject: subjects.replay(definition.stream, definition.durable),
  concurrency: 1,
});

const lettersOwn: ReadonlySet<string> = new Set(Object.values(deadLetterHeaders));

/** What is put back, as it was when its consumer saw it first. */
export const replayedMessage = (delivery: JsMsg): ReceivedMessage => {
  const replay = receivedMessage(delivery);
  const headers = newHeaders();
  for (const [name, value] of Object.entries(ownHeaders(replay.headers))) {
    if (!lettersOwn.has(name)) headers.set(name, value);
  }
  return {
    subject: replay.header(deadLetterHeaders.subject) ?? replay.subject,
    sequence: Number(replay.header(deadLetterHeaders.sequence) ?? replay.sequence),
    storedAt: (replay.header(deadLetterHeaders.storedAt) as Instant | undefined) ?? replay.storedAt,
    data: replay.data,
    headers,
    header: (name) => headers.get(name) || undefined,
    json: () => replay.json(),
  };
};
