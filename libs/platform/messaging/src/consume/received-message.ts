import { type Instant, instant } from '@claw/kernel';
import type { JsMsg, MsgHdrs } from 'nats';

/** A stored message as a handler sees it. */
export interface ReceivedMessage {
  readonly subject: string;
  /** Its place in the stream. */
  readonly sequence: number;
  readonly data: Uint8Array;
  readonly headers: MsgHdrs | undefined;
  /** When the stream stored it. */
  readonly storedAt: Instant;
  header(name: string): string | undefined;
  /** Throws SyntaxError where it isn't JSON. */
  json(): unknown;
}

const decoder = new TextDecoder();

export const receivedMessage = (message: JsMsg): ReceivedMessage => ({
  subject: message.subject,
  sequence: message.seq,
  data: message.data,
  headers: message.headers,
  storedAt: instant(Math.floor(message.info.timestampNanos / 1_000_000)),
  header: (name) => message.headers?.get(name) || undefined,
  json: (): unknown => JSON.parse(decoder.decode(message.data)),
});
