import {
  BACKWARDS,
  END,
  EventStoreDBClient,
  NO_STREAM,
  START,
  StreamNotFoundError,
  jsonEvent,
  streamNameFilter,
} from '@eventstore/db-client';
import type {
  AllStreamResolvedEvent,
  Credentials,
  RecordedEvent,
  ResolvedEvent,
} from '@eventstore/db-client';
import { withDeadline } from '@claw/kernel';
import type { EncodedEvent } from './codec';
import type { EventMetadata } from './event-metadata';
import type { Position } from './position';
import { Pull } from './pull';
import { EVENT_STORE, translateError } from './store-errors';

/** The revision of a stream's last event, or that there is no such stream. */
export type Revision = bigint | 'none';

/** An event on its way in. The id makes appending it again harmless. */
export interface NewEvent extends EncodedEvent {
  readonly id: string;
  readonly metadata: EventMetadata;
}

/** An event of the log with its place there. */
export type StoredEvent = RecordedEvent & { readonly position: Position };

export interface EventStoreOptions {
  /** `esdb://host:port?tls=false`, or `esdb+discover://…` with credentials for a cluster. */
  readonly url: string;
  /** Bounds every read, append and ping, and the opening of a subscription. Milliseconds. */
  readonly deadlineMs?: number;
}

/**
 * A connection to EventStoreDB. Making one doesn't connect and never fails; while the server is away every call fails
 * with `Unavailable` within the deadline, and the first call after it is back succeeds.
 */
export class EventStore {
  private readonly client: EventStoreDBClient;
  private readonly appendCredentials: Credentials | undefined;
  readonly deadlineMs: number;

  constructor({ url, deadlineMs = 5_000 }: EventStoreOptions) {
    this.client = EventStoreDBClient.connectionString(url);
    this.appendCredentials = appendCredentials(url);
    this.deadlineMs = deadlineMs;
  }

  /** Resolves where the server answers a read in time, else throws `Unavailable`. */
  async ping(deadlineMs = this.deadlineMs): Promise<void> {
    await this.lastPosition(deadlineMs);
  }

  /** The place of the last event of the whole log; undefined where it is empty. */
  async lastPosition(deadlineMs = this.deadlineMs): Promise<Position | undefined> {
    const events = this.client.readAll({ direction: BACKWARDS, fromPosition: END, maxCount: 1 });
    const pull = new Pull<AllStreamResolvedEvent>(events, () => events.cancel());
    try {
      const pulled = await withDeadline('reading the end of the log', deadlineMs, pull.next());
      return pulled.kind === 'element' ? pulled.element.event?.position : undefined;
    } catch (error) {
      throw translateError(error, '$all', false);
    } finally {
      pull.close();
    }
  }

  /** All events of a stream, in order; none where there is no such stream. */
  async readStream(streamId: string, deadlineMs = this.deadlineMs): Promise<readonly RecordedEvent[]> {
    const events = this.client.readStream(streamId);
    const pull = new Pull<ResolvedEvent>(events, () => events.cancel());
    const all = async (): Promise<readonly RecordedEvent[]> => {
      const read: RecordedEvent[] = [];
      for (;;) {
        const pulled = await pull.next();
        if (pulled.kind === 'end') return read;
        if (pulled.kind === 'element' && pulled.element.event) read.push(pulled.element.event);
      }
    };
    try {
      return await withDeadline(`reading ${streamId}`, deadlineMs, all());
    } catch (error) {
      if (error instanceof StreamNotFoundError) return [];
      throw translateError(error, streamId, false);
    } finally {
      pull.close();
    }
  }

  /**
   * Appends if the stream is still at `expected`; throws `RevisionConflict` where it isn't. Durable once it resolves.
   * `Unavailable` leaves the outcome unknown; the same events, by id, may be appended again at the same revision.
   * Answers the place of the last of them in the log, where the server tells it.
   */
  async append(
    streamId: string,
    expected: Revision,
    events: readonly NewEvent[],
    deadlineMs = this.deadlineMs,
  ): Promise<Position | undefined> {
    try {
      const { position } = await withDeadline(
        `appending to ${streamId}`,
        deadlineMs,
        this.client.appendToStream(
          streamId,
          events.map((event) => jsonEvent({ ...event })),
          {
            expectedRevision: expected === 'none' ? NO_STREAM : expected,
            deadline: deadlineMs,
            ...(this.appendCredentials && { credentials: this.appendCredentials }),
          },
        ),
      );
      return position;
    } catch (error) {
      throw translateError(error, streamId, true);
    }
  }

  /** The whole log after a place; the caller takes what it can handle, and closes. */
  openAll(after: Position | 'start'): Pull<AllStreamResolvedEvent> {
    const events = this.client.readAll({ fromPosition: after === 'start' ? START : { ...after } });
    return new Pull(events, () => events.cancel());
  }

  /**
   * The events of the streams with these name prefixes after a place, those to come too. A mark is set whenever all
   * that was there has been given. Resolves once the server has confirmed; the caller closes it.
   */
  async subscribe(
    prefixes: readonly string[],
    after: Position | 'start',
  ): Promise<Pull<AllStreamResolvedEvent>> {
    const events = this.client.subscribeToAll({
      fromPosition: after === 'start' ? START : { ...after },
      filter: streamNameFilter({ prefixes: [...prefixes] }),
    });
    const pull = new Pull<AllStreamResolvedEvent>(events, () => events.unsubscribe());
    events.on('caughtUp', () => pull.mark());
    const confirmed = new Promise<void>((resolve, reject) => {
      events.once('confirmation', resolve);
      events.once('error', reject);
      events.once('close', () => reject(new Error('the subscription was closed')));
    });
    try {
      await withDeadline('subscribing', this.deadlineMs, confirmed);
      return pull;
    } catch (error) {
      pull.close();
      throw translateError(error, '$all', false);
    }
  }

  /** Ends what is under way; the object is of no use afterwards. */
  async close(): Promise<void> {
    await withDeadline(`closing the ${EVENT_STORE}`, this.deadlineMs, this.client.dispose());
  }
}

/**
 * Credentials on the call make the client append by a call of its own, with its own deadline. Without them it shares
 * one long-lived batch stream, whose breaking off rejects promises that nobody holds and so ends the process. Over
 * plaintext the client sends none, so any will do.
 */
const appendCredentials = (url: string): Credentials | undefined => {
  if (/[?&]tls=false\b/i.test(url)) return { username: 'none', password: 'none' };
  const match = /^esdb(?:\+discover)?:\/\/([^:@/]+):([^@/]+)@/.exec(url);
  return match?.[1] && match[2]
    ? { username: decodeURIComponent(match[1]), password: decodeURIComponent(match[2]) }
    : undefined;
};
