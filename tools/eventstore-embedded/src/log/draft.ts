import type { StreamHead, StreamHistory } from '../rules/check-append';
import { isSoftDeleted, parseRetention } from '../rules/retention';
import { describedBy, isMetastream, metastreamOf, TOMBSTONE_TYPE } from '../rules/system-streams';
import { eventResponse } from '../wire/recorded-event';
import { Overlay } from './overlay';
import { keyOf } from './recent-ids';
import type { RecentIds } from './recent-ids';
import type { ProposedEvent } from './stored-event';
import { lastPosition, MAX_POSITION } from './tables';
import type { EventRecord, StreamRecord, Tables } from './tables';

/** The revision of the event that ends a stream for good, as readers are told it. */
const TOMBSTONE_REVISION = '9223372036854775807';
const NOTHING = new Uint8Array();
const NEW_STREAM: StreamRecord = { last: -1, tombstoned: false, retention: {} };

/**
 * The changes of one group of writes on top of what is stored: each change sees those before it, and the log sees
 * none of them until {@link commit}.
 */
export class Draft {
  readonly #streams: Overlay<StreamRecord, string>;
  readonly #events: Overlay<EventRecord, number>;
  readonly #revisions: Overlay<number, [string, number]>;
  readonly #eventIds = new Map<string, number>();
  #position: number;

  constructor(
    private readonly tables: Tables,
    private readonly recentIds: RecentIds,
    private readonly now: number,
  ) {
    this.#streams = new Overlay(tables.streams);
    this.#events = new Overlay(tables.events);
    this.#revisions = new Overlay(tables.revisions);
    this.#position = lastPosition(tables);
  }

  head(stream: string): StreamHead {
    const record = this.#stream(stream);
    return {
      last: record.last,
      tombstoned: record.tombstoned || (isMetastream(stream) && this.#stream(describedBy(stream)).tombstoned),
      softDeleted: isSoftDeleted(record.retention),
      hasMetadata: this.#stream(metastreamOf(stream)).last >= 0,
    };
  }

  history(stream: string): StreamHistory {
    return {
      revisionOf: (eventId) => {
        const key = keyOf(stream, eventId);
        return this.#eventIds.get(key) ?? this.recentIds.get(key);
      },
      eventIdAt: (revision) => this.eventAt(stream, revision)?.[2],
    };
  }

  positionOf(stream: string, revision: number): number | undefined {
    return this.#revisions.get([stream, revision]);
  }

  eventAt(stream: string, revision: number): EventRecord | undefined {
    const position = this.positionOf(stream, revision);
    return position === undefined ? undefined : this.#events.get(position);
  }

  /** Adds the events at the end of the stream and answers the last one's position. */
  append(stream: string, events: readonly ProposedEvent[]): number {
    const record = this.#stream(stream);
    let last = record.last;
    for (const event of events) {
      last += 1;
      const position = this.#record(stream, event, last);
      this.#revisions.set([stream, last], position);
      this.#eventIds.set(keyOf(stream, event.id), last);
    }
    this.#streams.set(stream, { ...record, last });
    const newest = events.at(-1);
    if (newest !== undefined && isMetastream(stream)) {
      const described = describedBy(stream);
      this.#streams.set(described, { ...this.#stream(described), retention: parseRetention(newest.data) });
    }
    return this.#position;
  }

  /** Ends the stream for good and answers the position of the event that says so. */
  tombstone(stream: string, eventId: string): number {
    this.#streams.set(stream, { ...this.#stream(stream), tombstoned: true });
    const event = { id: eventId, type: TOMBSTONE_TYPE, contentType: 'application/octet-stream' };
    return this.#record(stream, { ...event, data: NOTHING, metadata: NOTHING }, -1);
  }

  /** Resolves once all of it is synced to disk; rejects where none of it is. */
  async commit(): Promise<void> {
    if (this.#streams.isEmpty) return;
    try {
      await this.tables.root.batch(() => {
        this.#events.flush();
        this.#streams.flush();
        this.#revisions.flush();
      });
    } catch (error) {
      // LMDB tells the cause by a second promise, which would end the process if nobody heard it.
      const cause: unknown = Reflect.get(Object(error), 'commitError');
      if (cause instanceof Promise) cause.catch(() => undefined);
      throw error;
    }
    for (const [key, revision] of this.#eventIds) this.recentIds.add(key, revision);
  }

  #stream(stream: string): StreamRecord {
    return this.#streams.get(stream) ?? NEW_STREAM;
  }

  #record(stream: string, event: ProposedEvent, revision: number): number {
    if (this.#position >= MAX_POSITION) throw new Error('the log is full');
    this.#position += 1;
    const { id, type } = event;
    const response = eventResponse({
      ...event,
      stream,
      revision: revision < 0 ? TOMBSTONE_REVISION : String(revision),
      created: this.now,
      position: this.#position,
    });
    this.#events.set(this.#position, [stream, type, id, this.now, revision, response]);
    return this.#position;
  }
}
