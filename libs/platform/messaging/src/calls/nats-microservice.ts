import { withDeadline } from '@claw/kernel';
import { Logger } from '@nestjs/common';
import { type CustomStrategy, NatsContext, Server, Transport } from '@nestjs/microservices';
import type { Msg, NatsConnection, Subscription } from 'nats';
import { lastValueFrom } from 'rxjs';
import { reasonOf } from '../connection/faults';
import type { NatsLink } from '../connection/nats-link';
import { faultCodes } from './envelope';

export interface NatsMicroserviceOptions {
  readonly nats: NatsLink;
  /** Each call is answered by one of the processes that share this name. */
  readonly queue: string;
  /** How long calls at work may take to end at a stop; 10 s unless told. */
  readonly graceMs?: number;
  /** Calls at work at the same time; more are answered `unavailable`. 4,000 unless told. */
  readonly maxInFlight?: number;
}

/**
 * What `app.connectMicroservice(…)` takes to answer service calls over the process's own link. Speaks the wire
 * format of NestJS's NATS transport, but starts with NATS down, survives garbage, bounds the work it takes on,
 * and ends what it has begun.
 */
export const natsMicroservice = (options: NatsMicroserviceOptions): CustomStrategy => ({
  strategy: new CallServer(options),
});

class CallServer extends Server {
  override readonly transportId = Transport.NATS;
  private readonly working = new Set<Promise<void>>();
  private readonly nats: NatsLink;
  private readonly maxInFlight: number;
  private subscriptions: Subscription[] = [];
  private boundTo: NatsConnection | undefined;
  private stopFollowing: () => void = () => undefined;

  constructor(private readonly settings: NatsMicroserviceOptions) {
    super();
    this.nats = settings.nats;
    this.maxInFlight = settings.maxInFlight ?? 4_000;
  }

  listen(callback: (error?: unknown) => void): void {
    this.stopFollowing = this.nats.onChange((connected) => connected && this.bind());
    if (this.nats.connected) this.bind();
    callback();
  }

  async close(): Promise<void> {
    this.stopFollowing();
    const { graceMs = 10_000 } = this.settings;
    const draining = this.subscriptions.filter((one) => !one.isClosed()).map((one) => one.drain());
    try {
      const drained = this.nats.connected ? Promise.allSettled(draining) : Promise.resolve();
      await withDeadline(
        'ending the calls at work',
        graceMs,
        drained.then(() => this.idle()),
      );
    } catch (error) {
      this.logger.warn(reasonOf(error));
    }
  }

  /** Nest's events of this transport aren't used. */
  on(): void {
    throw new Error('the call server has no events: follow the link');
  }

  unwrap<T>(): T {
    throw new Error('the call server shares the process\u2019s link');
  }

  /** A connection that comes back has its subscriptions; only a new one needs them made. */
  private bind(): void {
    const { connection } = this.nats.now();
    if (connection === this.boundTo) return;
    this.boundTo = connection;
    this.subscriptions = [...this.messageHandlers.keys()].map((subject) =>
      connection.subscribe(subject, {
        queue: this.settings.queue,
        callback: (error, message) => {
          if (error !== null) this.logger.error(`${subject}: ${reasonOf(error)}`);
          else this.receive(subject, message);
        },
      }),
    );
  }

  private receive(subject: string, message: Msg): void {
    if (this.working.size >= this.maxInFlight) {
      respond(message, undefined, tooBusy);
      return;
    }
    const work: Promise<void> = this.answer(subject, message)
      .catch((error: unknown) => {
        this.logger.error(`${subject}: ${reasonOf(error)}`);
        respond(message, undefined, failed);
      })
      .finally(() => this.working.delete(work));
    this.working.add(work);
  }

  private async answer(subject: string, message: Msg): Promise<void> {
    const packet = packetOf(message);
    const handler = this.messageHandlers.get(subject);
    if (packet === undefined || handler === undefined) {
      respond(message, undefined, unreadable);
      return;
    }
    const wire = new NatsContext([message.subject, message.headers]);
    const response: unknown = await lastValueFrom(
      this.transformToObservable(await handler(packet.data, wire)),
    );
    respond(message, packet.id, response);
  }

  private async idle(): Promise<void> {
    while (this.working.size > 0) await Promise.allSettled([...this.working]);
  }
}

const refusal = (code: string, detail: string) => ({
  ok: false,
  error: { code, detail, outcome_unknown: false },
});
const tooBusy = refusal(faultCodes.unavailable, 'Too many calls are at work.');
const failed = refusal(faultCodes.internal, 'Something went wrong on our side.');
const unreadable = refusal(faultCodes.invalid, 'The request is not valid.');

const packetOf = (message: Msg): { readonly data: unknown; readonly id: unknown } | undefined => {
  try {
    const packet = message.json<unknown>();
    return typeof packet === 'object' && packet !== null && 'data' in packet && 'id' in packet
      ? packet
      : undefined;
  } catch {
    return undefined;
  }
};

/** An answer that can't be sent (too long, a closing connection) leaves its caller to his deadline. */
const respond = (message: Msg, id: unknown, response: unknown): void => {
  try {
    message.respond(JSON.stringify({ response, isDisposed: true, id }));
  } catch (error) {
    new Logger(message.subject).error(`answer not sent: ${reasonOf(error)}`);
  }
};
