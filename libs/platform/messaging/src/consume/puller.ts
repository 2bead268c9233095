import { setTimeout as pauseFor } from 'node:timers/promises';
import { Unavailable } from '@claw/kernel';
import {
  AckPolicy,
  type Consumer as NatsConsumer,
  type ConsumerConfig,
  DeliverPolicy,
  type JetStreamManager,
  type JsMsg,
  nanos,
  NatsError,
} from 'nats';
import { faultOf, reasonOf } from '../connection/faults';
import { healingAskMs, healingPauseMs } from '../connection/healing';
import type { NatsLink } from '../connection/nats-link';
import { type Log, silentLog } from '../log';
import { pause } from '../pause';
import type { ConsumerDefinition } from './consumer-definition';

/** How long a pull stays open: also what a stop may have to wait, and the shortest that the client allows. */
const pullMs = 1_000;

/**
 * The client gives up a pull that the server didn't end a twentieth after its time, but the server counts from when it
 * heard of it: for so long it may still take it for open.
 */
const desertedMs = 300;

interface Receiver {
  /** How many messages are in hand. */
  held(): number;
  /** Whether there is nothing in hand for a free handler. */
  hungry(): boolean;
  receive(message: JsMsg): void;
}

/**
 * Pulls as many messages as there is room for, through every outage of the server. One pull at a time, as
 * messages of two may overtake each other.
 */
export class Puller {
  /** Resolves when messages can arrive; rejects where the server calls the definition wrong. */
  readonly started: Promise<void>;
  private readonly stopped = new AbortController();
  private readonly running: Promise<void>;
  private readonly log: Log;
  private roomMade: () => void = () => undefined;

  constructor(
    private readonly nats: NatsLink,
    private readonly definition: ConsumerDefinition,
    private readonly capacity: number,
    private readonly receiver: Receiver,
  ) {
    this.log = definition.logger ?? silentLog;
    let startedOk: () => void = () => undefined;
    let startFailed: (error: unknown) => void = () => undefined;
    this.started = new Promise((resolve, reject) => {
      startedOk = resolve;
      startFailed = reject;
    });
    this.running = this.run(startedOk, startFailed);
  }

  /** A handler is free again: more is pulled once that is worth a round trip, or the handler has nothing to do. */
  released(): void {
    if (this.receiver.hungry() || this.room() >= this.capacity / 4) this.roomMade();
  }

  /**
   * Resolves when nothing arrives any more, and what is in hand can be handed back: within a second or two. The open pull is left to run out, as a server 2.9
   * mislays a message that is handed back while a deserted pull is open.
   */
  async stop(): Promise<void> {
    this.stopped.abort();
    this.roomMade();
    await this.running;
    if (this.receiver.held() > 0) await pauseFor(desertedMs);
  }

  private room(): number {
    return this.capacity - this.receiver.held();
  }

  private async run(startedOk: () => void, startFailed: (error: unknown) => void): Promise<void> {
    let everStarted = false;
    for (let failures = 0; !this.stopped.signal.aborted;) {
      try {
        await this.nats.up(pullMs, this.stopped.signal);
        if (this.stopped.signal.aborted) return;
        const source = await this.bind();
        startedOk();
        if (!everStarted && this.definition.orderBy !== undefined) await this.takeOver(source);
        everStarted = true;
        failures = 0;
        await this.pullWhileLinked(source);
      } catch (error) {
        const fault = faultOf('JetStream', error);
        if (!everStarted && isWrongDefinition(fault)) {
          startFailed(fault);
          return;
        }
        failures += 1;
        this.log.warn({ durable: this.definition.durable, reason: reasonOf(fault) }, 'consumer waits');
        await pause(healingPauseMs(failures), this.stopped.signal);
      }
    }
  }

  private async bind(): Promise<NatsConsumer> {
    const { stream, durable } = this.definition;
    await ensureDurable(await this.nats.manager(healingAskMs), this.definition, this.capacity);
    return this.nats.jetStream(healingAskMs).consumers.get(stream, durable);
  }

  /**
   * What a process before this one held when it died is redelivered only after the ack wait, behind newer
   * messages of its key. So that is waited for, and handled first and in order.
   */
  private async takeOver(source: NatsConsumer): Promise<void> {
    const { num_ack_pending: outstanding } = await source.info();
    if (outstanding === 0) return;
    this.log.info({ durable: this.definition.durable, outstanding }, 'waits for what another process held');
    await pause(this.definition.ackWaitMs + 100, this.stopped.signal);
    if (this.stopped.signal.aborted) return;
    const messages: JsMsg[] = [];
    await this.pull(source, Math.min(outstanding, this.capacity), (message) => messages.push(message));
    messages.sort((one, other) => one.seq - other.seq);
    for (const message of messages) this.receiver.receive(message);
  }

  private async pullWhileLinked(source: NatsConsumer): Promise<void> {
    while (this.nats.connected && !this.stopped.signal.aborted) {
      if (this.room() > 0) {
        await this.pull(source, this.room(), (message) => this.receiver.receive(message));
      } else {
        await new Promise<void>((resolve) => (this.roomMade = resolve));
      }
    }
  }

  private async pull(source: NatsConsumer, most: number, receive: (message: JsMsg) => void): Promise<void> {
    const messages = await source.fetch({ max_messages: most, expires: pullMs });
    const stopListening = this.nats.onChange(
      (connected) => connected || messages.stop(new Unavailable('NATS')),
    );
    try {
      for await (const message of messages) receive(message);
    } finally {
      stopListening();
    }
  }
}

/** Makes the durable as defined, or brings an existing one up to date; one that is as defined isn't touched. */
const ensureDurable = async (
  manager: JetStreamManager,
  definition: ConsumerDefinition,
  capacity: number,
): Promise<void> => {
  const wanted = consumerConfig(definition, capacity);
  const actual = await durableConfig(manager, definition);
  const asDefined =
    actual !== undefined &&
    actual.ack_wait === wanted.ack_wait &&
    actual.max_ack_pending === wanted.max_ack_pending &&
    (actual.filter_subject ?? '') === (wanted.filter_subject ?? '');
  if (!asDefined) await manager.consumers.add(definition.stream, wanted);
};

const consumerNotFound = 10014;

const durableConfig = async (
  manager: JetStreamManager,
  { stream, durable }: ConsumerDefinition,
): Promise<ConsumerConfig | undefined> => {
  try {
    return (await manager.consumers.info(stream, durable)).config;
  } catch (error) {
    if (error instanceof NatsError && error.api_error?.err_code === consumerNotFound) return undefined;
    throw error;
  }
};

const consumerConfig = (definition: ConsumerDefinition, capacity: number): Partial<ConsumerConfig> => ({
  durable_name: definition.durable,
  ack_policy: AckPolicy.Explicit,
  deliver_policy: DeliverPolicy.All,
  ack_wait: nanos(definition.ackWaitMs),
  // Tries are counted here, so that an outage's don't: the server redelivers without end.
  max_deliver: -1,
  max_ack_pending: Math.max(1_000, capacity * 16),
  ...(definition.filterSubject !== undefined && { filter_subject: definition.filterSubject }),
});

/** The server refuses the definition itself; a stream that isn't there yet may still be made. */
const isWrongDefinition = (fault: unknown): boolean =>
  fault instanceof NatsError && fault.api_error !== undefined;
