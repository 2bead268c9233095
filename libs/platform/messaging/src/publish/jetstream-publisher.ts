import { headers as newHeaders, type MsgHdrs } from 'nats';
import { faultOf, WrongLastSequence } from '../connection/faults';
import type { NatsLink } from '../connection/nats-link';
import { injectTrace } from '../trace-context';
import { Acknowledgements } from './acknowledgements';
import { claimBehind, letsSeveralIn } from './claims';

export interface PublishOptions {
  /** A repeat within the stream's duplicate window is answered with the first one's sequence. */
  readonly msgId?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The last sequence of the whole stream; 0 is an empty one. */
  readonly expectLastSequence?: number;
  /** The last sequence of this subject; 0 is none yet. Of many who expect the same one, one gets its message in. */
  readonly expectLastSubjectSequence?: number;
  /** 5 s unless told. */
  readonly timeoutMs?: number;
}

export interface Published {
  readonly seq: number;
  /** Stored before by the same `msgId`: `seq` is that one's. */
  readonly duplicate: boolean;
}

const patienceMs = 5_000;
const encoder = new TextEncoder();

export const encodePayload = (payload: Uint8Array | object): Uint8Array =>
  payload instanceof Uint8Array ? payload : encoder.encode(JSON.stringify(payload));

/** Publishes to streams, with the running trace in the headers. */
export class JetStreamPublisher {
  constructor(
    private readonly nats: NatsLink,
    /** What is named as unavailable. */
    private readonly part = 'JetStream',
  ) {}

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
    const { connection } = this.nats.now();
    const { expectLastSubjectSequence: expected, timeoutMs = patienceMs } = options;
    // That nothing is there yet is looked at as the message is stored, by every server.
    const claims = expected !== undefined && expected > 0 && letsSeveralIn(connection.info?.version ?? '');
    try {
      const { seq, duplicate } = await Acknowledgements.of(connection).publish(
        subject,
        encodePayload(payload),
        headersOf(claims ? { ...options, msgId: claimBehind(expected) } : options),
        timeoutMs,
      );
      if (claims && duplicate) throw new WrongLastSequence(seq);
      return { seq, duplicate: duplicate === true };
    } catch (error) {
      throw faultOf(this.part, error);
    }
  }
}

/** By these a stream knows a repeat, and what its writer takes for the last message. */
const streamHeaders = {
  msgId: 'Nats-Msg-Id',
  lastSequence: 'Nats-Expected-Last-Sequence',
  lastSubjectSequence: 'Nats-Expected-Last-Subject-Sequence',
} as const;

const headersOf = ({
  msgId,
  headers: own = {},
  expectLastSequence,
  expectLastSubjectSequence,
}: PublishOptions): MsgHdrs => {
  const headers = newHeaders();
  for (const name in own) headers.set(name, own[name] ?? '');
  injectTrace(headers);
  if (msgId !== undefined) headers.set(streamHeaders.msgId, msgId);
  if (expectLastSequence !== undefined) headers.set(streamHeaders.lastSequence, String(expectLastSequence));
  if (expectLastSubjectSequence !== undefined) {
    headers.set(streamHeaders.lastSubjectSequence, String(expectLastSubjectSequence));
  }
  return headers;
};
