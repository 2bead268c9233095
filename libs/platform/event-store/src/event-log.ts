import { withDeadline } from '@claw/kernel';
import type { Codec, DomainEvent } from './codec';
import { CodecError } from './codec';
import type { EventMetadata } from './event-metadata';
import { eventMetadataSchema } from './event-metadata';
import { type EventPlace, placeIn } from './event-places';
import type { EventStore, StoredEvent } from './event-store';
import { follow } from './follow';
import type { FollowOptions } from './follow';
import type { Position } from './position';
import { comparePositions } from './position';
import { translateError } from './store-errors';

/** An event of the log, read back as its domain speaks of it. */
export interface LoggedEvent<Event> extends EventPlace {
  readonly event: Event;
  /** What follows the first dash of the stream's name. */
  readonly aggregateId: string;
  readonly metadata: EventMetadata;
}

export interface ReadAllOptions {
  /** Beginnings of stream names, such as `phone-`. */
  readonly prefixes: readonly string[];
  /** Events after this place only. */
  readonly after?: Position | 'start';
}

/** The whole log in its one order, of the streams that a codec knows. */
export class EventLog<Event extends DomainEvent> {
  constructor(
    private readonly store: EventStore,
    private readonly codec: Codec<Event>,
  ) {}

  /** What the log holds now, in order, then ends. Throws `Unavailable` where the next event doesn't come in time. */
  async *readAll({
    prefixes,
    after = 'start',
  }: ReadAllOptions): AsyncGenerator<LoggedEvent<Event>, void, void> {
    const pull = this.store.openAll(after);
    try {
      for (;;) {
        const pulled = await withDeadline('reading the log', this.store.deadlineMs, pull.next());
        if (pulled.kind === 'end') return;
        const stored = pulled.kind === 'element' ? pulled.element.event : undefined;
        // The server reads from a place on, the event there included.
        if (!stored || (after !== 'start' && comparePositions(stored.position, after) <= 0)) continue;
        if (prefixes.some((prefix) => stored.streamId.startsWith(prefix))) yield this.decode(stored);
      }
    } catch (error) {
      throw error instanceof CodecError ? error : translateError(error, '$all', false);
    } finally {
      pull.close();
    }
  }

  /**
   * Hands over every event after a place, in order, one at a time, for ever: a lost connection heals, and a handler
   * that fails gets the same event again, both with backoff. Nothing is skipped. Resolves once the signal aborts.
   */
  async follow(options: FollowOptions<LoggedEvent<Event>>): Promise<void> {
    await follow(this.store, (stored) => this.decode(stored), options);
  }

  private decode(stored: StoredEvent): LoggedEvent<Event> {
    const metadata = eventMetadataSchema.safeParse(stored.metadata);
    if (!metadata.success)
      throw new CodecError(stored.type, `${stored.streamId} has an event without metadata of ours`);
    const place = placeIn(stored);
    return {
      ...place,
      event: this.codec.decode(stored),
      aggregateId: place.streamId.slice(place.streamId.indexOf('-') + 1),
      metadata: metadata.data,
    };
  }
}
