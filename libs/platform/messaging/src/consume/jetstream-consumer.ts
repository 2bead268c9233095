import { context } from '@opentelemetry/api';
import { backoffMs, Unavailable, withDeadline } from '@claw/kernel';
import type { JsMsg } from 'nats';
import { reasonOf } from '../connection/faults';
import type { NatsLink } from '../connection/nats-link';
import { type Log, silentLog } from '../log';
import { JetStreamPublisher } from '../publish/jetstream-publisher';
import { traceOf } from '../trace-context';
import type { Consumer } from './consumer';
import type { ConsumerDefinition } from './consumer-definition';
import { buryMessage } from './dead-letter';
import { Hand, type Held } from './hand';
import { type Outcome, retry } from './outcome';
import { Puller } from './puller';
import type { ReceivedMessage } from './received-message';

/** What a consumer reads, seen from its handler. */
export interface Origin {
  /** Who gives up, where that happens. */
  readonly of: Pick<ConsumerDefinition, 'stream' | 'durable'>;
  readonly read: (delivery: JsMsg) => ReceivedMessage;
}

/** A pull of a second, with what the client gives the server on top. */
const longestPullMs = 2_000;

/** One durable of one stream, worked off. */
export class JetStreamConsumer implements Consumer {
  readonly started: Promise<void>;
  private readonly hand = new Hand();
  /** Handled, but the server hasn't confirmed the ack: a redelivery is acked again, not handled again. */
  private readonly unconfirmed = new Map<number, number>();
  private readonly working = new Set<Promise<void>>();
  private readonly confirming = new Set<Promise<unknown>>();
  private readonly abort = new AbortController();
  private readonly log: Log;
  private readonly publisher: JetStreamPublisher;
  private readonly puller: Puller;
  private readonly heartbeat: NodeJS.Timeout;
  private stopping = false;

  constructor(
    private readonly nats: NatsLink,
    private readonly definition: ConsumerDefinition,
    private readonly origin: Origin,
  ) {
    this.log = definition.logger ?? silentLog;
    this.publisher = new JetStreamPublisher(nats);
    this.heartbeat = setInterval(() => this.beat(), definition.ackWaitMs / 3);
    const capacity = definition.maxInHand ?? definition.concurrency * 8;
    this.puller = new Puller(nats, definition, capacity, {
      held: () => this.hand.size,
      hungry: () => this.working.size < definition.concurrency,
      receive: (message) => this.receive(message),
    });
    this.started = this.puller.started;
  }

  get inHand(): number {
    return this.hand.size;
  }

  async stop(deadlineMs = 10_000): Promise<void> {
    if (this.stopping) return;
    this.stopping = true;
    const ended = Promise.all(this.working).then(() => Promise.all(this.confirming));
    const stopping = `stopping consumer ${this.definition.durable}`;
    const since = performance.now();
    try {
      await withDeadline(stopping, Math.max(deadlineMs, longestPullMs), this.puller.stop());
      // Where order matters, what waits behind a message at work may not be begun elsewhere yet.
      if (this.definition.orderBy === undefined) this.handBackIdle();
      await withDeadline(stopping, Math.max(0, deadlineMs - (performance.now() - since)), ended);
      this.handBackIdle();
    } catch (error) {
      this.log.warn({ durable: this.definition.durable, reason: reasonOf(error) }, 'handlers are aborted');
      this.abort.abort();
      for (const held of this.hand.all()) this.handBack(held);
    } finally {
      clearInterval(this.heartbeat);
    }
  }

  private receive(message: JsMsg): void {
    const known = this.hand.get(message.seq);
    if (known !== undefined) {
      known.delivery = message;
      return;
    }
    if (this.unconfirmed.has(message.seq)) {
      this.confirm(message);
      return;
    }
    const received = this.origin.read(message);
    this.hand.take(message, received, this.definition.orderBy?.(received));
    this.dispatch();
  }

  private dispatch(): void {
    while (!this.stopping && this.working.size < this.definition.concurrency) {
      const held = this.hand.next();
      if (held === undefined) return;
      held.running = true;
      const work: Promise<void> = this.work(held).finally(() => {
        held.running = false;
        this.working.delete(work);
        this.dispatch();
        this.puller.released();
      });
      this.working.add(work);
    }
  }

  private async work(held: Held): Promise<void> {
    held.tries += 1;
    const unanswered = held.deliveries > (this.definition.maxUnanswered ?? 50);
    const outcome: Outcome = unanswered
      ? { kind: 'invalid', reason: 'delivered too often without an outcome' }
      : await this.outcomeOf(held);
    if (outcome.kind === 'done') {
      this.finish(held);
      return;
    }
    if (outcome.kind === 'invalid') {
      if (!unanswered) held.counted += 1;
    } else {
      if (outcome.counts) held.counted += 1;
      if (held.counted < this.definition.maxDeliver) {
        this.rest(held, outcome.delayMs);
        return;
      }
    }
    await this.bury(held, outcome.reason);
  }

  private async outcomeOf(held: Held): Promise<Outcome> {
    const handling = {
      attempt: held.counted + 1,
      deliveries: held.deliveries,
      signal: this.abort.signal,
    };
    try {
      return await context.with(traceOf(held.received.headers), () =>
        this.definition.handle(held.received, handling),
      );
    } catch (error) {
      const reason = reasonOf(error);
      const fields = { durable: this.definition.durable, sequence: held.sequence, reason };
      if (error instanceof Unavailable) {
        this.log.warn(fields, 'message waits for a part that is down');
        return retry(undefined, { counts: false, reason });
      }
      this.log.error({ ...fields, error }, 'handler failed');
      return retry(undefined, { reason });
    }
  }

  /** The dead letter is written before the ack; while it can't be, the message stays in hand. */
  private async bury(held: Held, reason: string): Promise<void> {
    try {
      await buryMessage(this.publisher, this.definition.deadSubject, {
        stream: this.origin.of.stream,
        consumer: this.origin.of.durable,
        message: held.received,
        reason,
        attempts: held.counted,
        // Of where it was read: what is put back and fails again is another letter, however soon that is.
        id: `${this.definition.stream}/${this.definition.durable}/${held.sequence}`,
      });
      this.log.warn({ durable: this.definition.durable, sequence: held.sequence, reason }, 'dead letter');
      this.finish(held);
    } catch (error) {
      this.log.error(
        { durable: this.definition.durable, reason: reasonOf(error) },
        'dead letter not written',
      );
      this.rest(held, undefined);
    }
  }

  private rest(held: Held, delayMs: number | undefined): void {
    const backoff = this.definition.backoff ?? ((tries: number) => backoffMs(tries, 200, 30_000));
    held.rest = setTimeout(
      () => {
        this.hand.ready(held);
        this.dispatch();
      },
      delayMs ?? backoff(held.tries),
    );
  }

  private finish(held: Held): void {
    this.hand.release(held);
    this.confirm(held.delivery);
  }

  private confirm(message: JsMsg): void {
    this.unconfirmed.set(message.seq, Date.now());
    const confirming: Promise<unknown> = message
      .ackAck({ timeout: this.definition.ackWaitMs })
      .then(
        () => this.unconfirmed.delete(message.seq),
        (error: unknown) =>
          this.log.warn({ durable: this.definition.durable, reason: reasonOf(error) }, 'ack not confirmed'),
      )
      .finally(() => this.confirming.delete(confirming));
    this.confirming.add(confirming);
  }

  private handBackIdle(): void {
    for (const idle of this.hand.dropIdle()) this.handBack(idle);
  }

  private handBack(held: Held): void {
    this.answer(held.delivery, () => held.delivery.nak());
  }

  /** Tells the server that what is in hand is alive; forgets acks that were never asked for again. */
  private beat(): void {
    for (const held of this.hand.all()) this.answer(held.delivery, () => held.delivery.working());
    const oldest = Date.now() - 20 * this.definition.ackWaitMs;
    for (const [sequence, since] of this.unconfirmed) {
      if (since < oldest) this.unconfirmed.delete(sequence);
    }
  }

  /** While NATS is away nothing is said: it would only be buffered. The server redelivers what it must. */
  private answer(message: JsMsg, say: () => void): void {
    if (!this.nats.connected) return;
    try {
      say();
    } catch (error) {
      this.log.warn({ sequence: message.seq, reason: reasonOf(error) }, 'answer to JetStream not sent');
    }
  }
}
