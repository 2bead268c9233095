import { Unavailable } from '@claw/kernel';
import { NatsError } from 'nats';
import { faultOf, reasonOf, WrongLastSequence } from '../connection/faults';
import { healingAskMs, healingPauseMs } from '../connection/healing';
import type { NatsLink } from '../connection/nats-link';
import { type Log, silentLog } from '../log';
import { pause } from '../pause';
import { JetStreamPublisher } from './jetstream-publisher';

/** The header in which every message carries the log position it was made from. */
export const logPositionHeader = 'Claw-Log-Position';

/** One public event to publish. */
export interface LogEntry {
  /** Opaque, and this message's alone: what `source` needs to go on behind it. */
  readonly position: string;
  readonly subject: string;
  readonly payload: Uint8Array | object;
  readonly msgId: string;
}

export interface LogPublisherOptions {
  readonly stream: string;
  /** What comes after `position` in the log (from its beginning where there is none), and goes on until aborted. */
  readonly source: (position: string | undefined, signal: AbortSignal) => AsyncIterable<LogEntry>;
  readonly logger?: Log;
}

interface Tail {
  readonly sequence: number;
  readonly position: string | undefined;
}

/**
 * Publishes a log's public events, each once and in order. Its only checkpoint is the stream itself: it resumes
 * from the position that the last message carries, and publishes with the expected last sequence, so that of two
 * publishers at work only one gets its message in and the other reads the tail again.
 */
export class LogPublisher {
  private readonly publisher: JetStreamPublisher;
  private readonly log: Log;

  constructor(
    private readonly nats: NatsLink,
    private readonly options: LogPublisherOptions,
  ) {
    this.publisher = new JetStreamPublisher(nats);
    this.log = options.logger ?? silentLog;
  }

  /** Works until aborted, and heals from whatever fails; resolves when it has stopped. */
  async run(signal: AbortSignal): Promise<void> {
    for (let failures = 0; !signal.aborted;) {
      try {
        await this.nats.up(5_000, signal);
        await this.publishFrom(await this.tail(), signal, () => (failures = 0));
      } catch (error) {
        failures += 1;
        if (!signal.aborted) this.report(error);
      }
      await pause(healingPauseMs(Math.max(1, failures)), signal);
    }
  }

  private async publishFrom(tail: Tail, signal: AbortSignal, progress: () => void): Promise<void> {
    let last = tail.sequence;
    const stop = new AbortController();
    try {
      const entries = this.options.source(tail.position, AbortSignal.any([signal, stop.signal]));
      for await (const entry of entries) {
        if (signal.aborted) break;
        const { seq, duplicate } = await this.publisher.publish(entry.subject, entry.payload, {
          msgId: entry.msgId,
          expectLastSequence: last,
          headers: { [logPositionHeader]: entry.position },
        });
        if (!duplicate) last = seq;
        progress();
      }
    } finally {
      stop.abort();
    }
  }

  private async tail(): Promise<Tail> {
    try {
      const manager = await this.nats.manager(healingAskMs);
      const { state } = await manager.streams.info(this.options.stream);
      if (state.messages === 0) return { sequence: state.last_seq, position: undefined };
      const message = await manager.streams.getMessage(this.options.stream, { seq: state.last_seq });
      const position = message.header.get(logPositionHeader);
      if (!position) throw new Error(`message ${state.last_seq} of ${this.options.stream} is not from a log`);
      return { sequence: state.last_seq, position };
    } catch (error) {
      throw faultOf('JetStream', error);
    }
  }

  private report(error: unknown): void {
    const fields = { stream: this.options.stream, reason: reasonOf(error) };
    if (error instanceof WrongLastSequence) this.log.info(fields, 'another publisher was first');
    else if (error instanceof Unavailable || error instanceof NatsError) {
      this.log.warn(fields, 'public events wait for JetStream');
    } else this.log.error(fields, 'public events wait: their source failed');
  }
}
