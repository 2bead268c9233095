import type { JsMsg } from 'nats';
import type { ReceivedMessage } from './received-message';

/** One message in hand. */
export interface Held {
  /** Where it was read, which for a message put back isn't where it was stored first. */
  readonly sequence: number;
  readonly received: ReceivedMessage;
  readonly lane: string | undefined;
  /** How often the server had delivered it when it was taken in. */
  readonly deliveries: number;
  /** Its newest delivery: what answers to the server go to. */
  delivery: JsMsg;
  /** Tries that counted. */
  counted: number;
  tries: number;
  running: boolean;
  rest: NodeJS.Timeout | undefined;
}

/**
 * The messages that a consumer holds: which may be worked now, and which wait for another of their lane. Pure
 * bookkeeping: it knows neither handlers nor servers.
 */
export class Hand {
  private readonly held = new Map<number, Held>();
  private readonly lanes = new Map<string, Held[]>();
  private readonly startable: Held[] = [];

  get size(): number {
    return this.held.size;
  }

  all(): IterableIterator<Held> {
    return this.held.values();
  }

  get(sequence: number): Held | undefined {
    return this.held.get(sequence);
  }

  /** Takes a message in; it can be started once it is first in its lane. */
  take(delivery: JsMsg, received: ReceivedMessage, lane: string | undefined): void {
    const held: Held = {
      sequence: delivery.seq,
      received,
      lane,
      deliveries: delivery.info.deliveryCount,
      delivery,
      counted: 0,
      tries: 0,
      running: false,
      rest: undefined,
    };
    this.held.set(held.sequence, held);
    if (lane === undefined) {
      this.startable.push(held);
      return;
    }
    const waiting = this.lanes.get(lane);
    if (waiting === undefined) {
      this.lanes.set(lane, [held]);
      this.startable.push(held);
    } else waiting.push(held);
  }

  /** The next message to work; undefined where none may be started. */
  next(): Held | undefined {
    return this.startable.shift();
  }

  /** May be worked again. */
  ready(held: Held): void {
    if (this.held.get(held.sequence) === held) this.startable.push(held);
  }

  /** Lets go of a message; the next one of its lane may be started. */
  release(held: Held): void {
    if (!this.held.delete(held.sequence)) return;
    clearTimeout(held.rest);
    if (held.lane === undefined) return;
    const waiting = this.lanes.get(held.lane) ?? [];
    waiting.shift();
    const [following] = waiting;
    if (following === undefined) this.lanes.delete(held.lane);
    else this.startable.push(following);
  }

  /** Forgets everything that isn't being worked, and tells what that was, oldest first. */
  dropIdle(): Held[] {
    const idle = [...this.held.values()].filter((held) => !held.running);
    for (const held of idle) {
      this.held.delete(held.sequence);
      clearTimeout(held.rest);
    }
    this.startable.length = 0;
    this.lanes.clear();
    return idle.sort((one, other) => one.sequence - other.sequence);
  }
}
