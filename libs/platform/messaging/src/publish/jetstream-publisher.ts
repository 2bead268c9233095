import { headers as newHeaders, type JetStreamPublishOptions, type MsgHdrs } from 'nats';
import { faultOf } from '../connection/faults';
import type { NatsLink } from '../connection/nats-link';
import { injectTrace } from '../trace-context';

export interface PublishOptions {
  /** A repeat within the stream's duplicate window is answered with the first one's sequence. */
  readonly msgId?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The last sequence of the whole stream; 0 is an empty one. */
  readonly expectLastSequence?: number;
  /** The last sequence of this subject; 0 is none yet. */
  readonly expectLastSubjectSequence?: number;
  /** 5 s unless told. */
  readonly timeoutMs?: number;
}

export interface Published {
  readonly seq: number;
  /** Stored before by the same `msgId`: `seq` is that one's. */
  readonly duplicate: boolean;
}

const encoder = new TextEncoder();

export const encodePayload = (payload: Uint8Array | object): Uint8Array =>
  payload instanceof Uint8Array ? payload : encoder.encode(JSON.stringify(payload));

/** Publishes to streams, with the running trace in the headers. */
export class JetStreamPublisher {
  constructor(private readonly nats: NatsLink) {}

  /**
   * Resolves once the stream has stored the message. Throws `Unavailable` where there is no stream, it is full,
   * or no answer came in time (`outcomeUnknown`: it may be stored all the same), and `WrongLastSequence`. Fails
   * at once while NATS is down: nothing is kept back to be sent later.
   */
  async publish(
    subject: string,
    payload: Uint8Array | object,
    options: PublishOptions = {},
  ): Promise<Published> {
    const jetStream = this.nats.jetStream();
    try {
      const { seq, duplicate } = await jetStream.publish(subject, encodePayload(payload), settings(options));
      return { seq, duplicate };
    } catch (error) {
      throw faultOf('JetStream', error);
    }
  }
}

const settings = (options: PublishOptions): Partial<JetStreamPublishOptions> => ({
  headers: headersOf(options.headers),
  ...(options.msgId !== undefined && { msgID: options.msgId }),
  ...(options.timeoutMs !== undefined && { timeout: options.timeoutMs }),
  expect: {
    ...(options.expectLastSequence !== undefined && { lastSequence: options.expectLastSequence }),
    ...(options.expectLastSubjectSequence !== undefined && {
      lastSubjectSequence: options.expectLastSubjectSequence,
    }),
  },
});

const headersOf = (own: Readonly<Record<string, string>> = {}): MsgHdrs => {
  const headers = newHeaders();
  for (const name in own) headers.set(name, own[name] ?? '');
  injectTrace(headers);
  return headers;
};
