import { streams, subjects } from '@claw/contracts';
import { type Instant, instant } from '@claw/kernel';
import { NatsError, type StoredMsg } from 'nats';
import { faultOf, mappingFaults } from '../connection/faults';
import type { NatsLink } from '../connection/nats-link';
import { deadLetterHeaders, ownHeaders } from '../consume/dead-letter';
import { replayDurable } from '../consume/replays';
import { JetStreamPublisher } from '../publish/jetstream-publisher';
import { readRange } from '../streams/read-range';

/** What a consumer gave up on, without the message itself. */
export interface DeadLetter {
  /** Its place in DEAD: never another letter's. */
  readonly id: number;
  /** When the consumer gave up. */
  readonly at: Instant;
  readonly stream: string;
  readonly consumer: string;
  /** Where the message had been published. */
  readonly subject: string;
  /** Its place in `stream`. */
  readonly sequence: number;
  /** Tries that counted; 0 where none of them came to an end. */
  readonly attempts: number;
  readonly reason: string;
  readonly bytes: number;
}

export interface OpenedLetter extends DeadLetter {
  /** The message's own headers and those that make it a letter. */
  readonly headers: Readonly<Record<string, string>>;
  readonly data: Uint8Array;
}

/**
 * `replayed`: it is the consumer's again, durably, and no letter any more. `no consumer`: nobody of that name takes
 * anything back, and the letter stays. `no letter`: there is none under this id.
 */
export type ReplayOutcome = 'replayed' | 'no consumer' | 'no letter';

const messageBytesHeader = 'Nats-Msg-Size';
const unknown = '(unknown)';

/** The letters in DEAD, for people. All of it throws `Unavailable`. */
export class DeadLetters {
  private readonly publisher: JetStreamPublisher;

  constructor(private readonly nats: NatsLink) {
    this.publisher = new JetStreamPublisher(nats);
  }

  /** Every letter that is there now, oldest first. */
  async list(): Promise<readonly DeadLetter[]> {
    const { name, subjects: filters } = streams.dead;
    const letters: DeadLetter[] = [];
    const everything = { stream: name, filter: filters[0], from: { seq: 1 }, headersOnly: true };
    for await (const { seq, headers, info } of readRange(this.nats, everything)) {
      const told = ownHeaders(headers);
      const at = instant(Math.floor(info.timestampNanos / 1_000_000));
      letters.push(letterOf(told, { id: seq, at, bytes: Number(headers?.get(messageBytesHeader) ?? 0) }));
    }
    return letters;
  }

  /** One letter with its message; undefined where there is none under this id. */
  async open(id: number): Promise<OpenedLetter | undefined> {
    const stored = await this.stored(id);
    return stored === undefined ? undefined : opened(stored);
  }

  /**
   * Puts a letter's message back for the consumer that gave up on it, and only that one. Killed in between and begun
   * again it doesn't put it back twice: the replay is known by its letter until long after the letter's last day.
   */
  async replay(id: number): Promise<ReplayOutcome> {
    const stored = await this.stored(id);
    if (stored === undefined) return 'no letter';
    const { stream, consumer, headers, data } = opened(stored);
    if (!(await this.isConsumed(stream, consumer))) return 'no consumer';
    await this.publisher.publish(subjects.replay(stream, consumer), data, {
      msgId: `${streams.dead.name}/${id}/${stored.timestamp}`,
      headers,
    });
    await this.erase(id);
    return 'replayed';
  }

  /** Erases a letter for good; answers what it was, or undefined where there is none under this id. */
  async drop(id: number): Promise<DeadLetter | undefined> {
    const letter = await this.open(id);
    return letter !== undefined && (await this.erase(id)) ? letter : undefined;
  }

  private async stored(id: number): Promise<StoredMsg | undefined> {
    try {
      return await (await this.nats.manager()).streams.getMessage(streams.dead.name, { seq: id });
    } catch (error) {
      if (isNotThere(error, noMessageFound)) return undefined;
      throw faultOf('JetStream', error);
    }
  }

  private async isConsumed(stream: string, consumer: string): Promise<boolean> {
    try {
      const manager = await this.nats.manager();
      await manager.consumers.info(streams.replay.name, replayDurable(stream, consumer));
      return true;
    } catch (error) {
      if (isNotThere(error, consumerNotFound)) return false;
      throw faultOf('JetStream', error);
    }
  }

  /** False where it is gone already. */
  private async erase(id: number): Promise<boolean> {
    const manager = await this.nats.manager();
    return mappingFaults('JetStream', () => manager.streams.deleteMessage(streams.dead.name, id)).catch(
      async (error: unknown) => {
        if ((await this.stored(id)) === undefined) return false;
        throw error;
      },
    );
  }
}

const noMessageFound = 10037;
const consumerNotFound = 10014;

const isNotThere = (error: unknown, code: number): boolean =>
  error instanceof NatsError && error.api_error?.err_code === code;

const opened = (stored: StoredMsg): OpenedLetter => {
  const headers = ownHeaders(stored.header);
  const at = instant(stored.time);
  return {
    ...letterOf(headers, { id: stored.seq, at, bytes: stored.data.length }),
    headers,
    data: stored.data,
  };
};

const letterOf = (
  headers: Readonly<Record<string, string>>,
  kept: Pick<DeadLetter, 'id' | 'at' | 'bytes'>,
): DeadLetter => ({
  ...kept,
  stream: headers[deadLetterHeaders.stream] ?? unknown,
  consumer: headers[deadLetterHeaders.consumer] ?? unknown,
  subject: headers[deadLetterHeaders.subject] ?? unknown,
  sequence: Number(headers[deadLetterHeaders.sequence] ?? 0),
  attempts: Number(headers[deadLetterHeaders.attempts] ?? 0),
  reason: headers[deadLetterHeaders.reason] ?? unknown,
});
