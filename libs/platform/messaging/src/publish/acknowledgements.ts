import {
  type ApiError,
  createInbox,
  ErrorCode,
  type Msg,
  type MsgHdrs,
  type NatsConnection,
  NatsError,
  type PubAck,
} from 'nats';

interface Waiting {
  readonly resolve: (ack: PubAck) => void;
  readonly reject: (error: NatsError) => void;
  readonly untilMs: number;
}

/** A publish is given up this much late at the most. */
const sweepEveryMs = 50;
const noResponders = 503;

/**
 * A stream's answers to what one connection publishes, all over one subscription. As the client's own publish, but for
 * what that costs: there each publish has a timer, and an error with its stack that is made and thrown away.
 */
export class Acknowledgements {
  private static readonly ofConnection = new WeakMap<NatsConnection, Acknowledgements>();

  static of(connection: NatsConnection): Acknowledgements {
    const known = Acknowledgements.ofConnection.get(connection);
    if (known !== undefined) return known;
    const made = new Acknowledgements(connection);
    Acknowledgements.ofConnection.set(connection, made);
    return made;
  }

  private readonly waiting = new Map<string, Waiting>();
  private readonly inbox: string;
  private published = 0;
  private sweeper: NodeJS.Timeout | undefined;

  private constructor(private readonly connection: NatsConnection) {
    this.inbox = `${createInbox()}.`;
    connection.subscribe(`${this.inbox}*`, { callback: (_, answer) => this.settle(answer) });
  }

  /** Publishes; resolves with the stream's answer. Rejects with the `NatsError` that the client's publish would. */
  publish(subject: string, data: Uint8Array, headers: MsgHdrs, timeoutMs: number): Promise<PubAck> {
    this.published += 1;
    const reply = this.inbox + this.published.toString(36);
    return new Promise((resolve, reject) => {
      this.connection.publish(subject, data, { reply, headers });
      this.waiting.set(reply, { resolve, reject, untilMs: performance.now() + timeoutMs });
      this.sweeper ??= setInterval(() => this.sweep(), sweepEveryMs);
    });
  }

  private settle(answer: Msg): void {
    const waiting = this.waiting.get(answer.subject);
    if (waiting === undefined) return;
    this.waiting.delete(answer.subject);
    const told = read(answer);
    if (told instanceof NatsError) waiting.reject(told);
    else waiting.resolve(told);
  }

  private sweep(): void {
    const nowMs = performance.now();
    for (const [reply, { reject, untilMs }] of this.waiting) {
      if (untilMs > nowMs) continue;
      this.waiting.delete(reply);
      reject(new NatsError('TIMEOUT', ErrorCode.Timeout));
    }
    if (this.waiting.size > 0) return;
    clearInterval(this.sweeper);
    this.sweeper = undefined;
  }
}

const read = (answer: Msg): PubAck | NatsError => {
  if (answer.data.length === 0 && answer.headers?.code === noResponders) {
    return new NatsError('no responders', ErrorCode.NoResponders);
  }
  try {
    const told = answer.json<PubAck & { readonly error?: ApiError }>();
    return told.error === undefined ? told : refusal(told.error);
  } catch {
    return new NatsError('not an acknowledgement', ErrorCode.JetStreamInvalidAck);
  }
};

const refusal = (error: ApiError): NatsError => {
  const refused = new NatsError(error.description, String(error.code));
  refused.api_error = error;
  return refused;
};
