import { parseRetention } from '../rules/retention';
import { describedBy, isMetastream, TOMBSTONE_TYPE } from '../rules/system-streams';
import { eventResponse } from '../wire/recorded-event';
import type { ProposedEvent } from '../wire/recorded-event';
import { StoredStreams } from './stored-streams';
import { MAX_POSITION } from './tables';
import type { Tables } from './tables';

/** The revision of the event that ends a stream for good, as readers are told it. */
const TOMBSTONE_REVISION = '9223372036854775807';
const NOTHING = new Uint8Array();

/** The log within a transaction: it shows what the transaction has written so far, and nobody else sees that yet. */
export class Draft extends StoredStreams {
  constructor(
    tables: Tables,
    private readonly now: number,
  ) {
    super(tables);
  }

  /** Adds the events at the end of the stream and answers the last one's position. */
  append(stream: string, events: readonly ProposedEvent[]): number {
    const { streams, revisions, ids } = this.tables;
    const record = this.record(stream);
    let { last } = record;
    let position = this.lastPosition;
    for (const event of events) {
      last += 1;
      position += 1;
      this.#put(position, stream, last, event);
      void revisions.put([stream, last], position);
      void ids.put([stream, event.id], position);
    }
    void streams.put(stream, { ...record, last });
    const newest = events.at(-1);
    if (newest !== undefined && isMetastream(stream)) {
      const described = describedBy(stream);
      void streams.put(described, { ...this.record(described), retention: parseRetention(newest.data) });
    }
    return position;
  }

  /** Ends the stream for good and answers the position of the event that says so. */
  tombstone(stream: string, eventId: string): number {
    void this.tables.streams.put(stream, { ...this.record(stream), tombstoned: true });
    const position = this.lastPosition + 1;
    const event = { id: eventId, type: TOMBSTONE_TYPE, contentType: 'application/octet-stream' };
    this.#put(position, stream, -1, { ...event, data: NOTHING, metadata: NOTHING });
    return position;
  }

  #put(position: number, stream: string, revision: number, event: ProposedEvent): void {
    if (position > MAX_POSITION) throw new Error('the log is full');
    const response = eventResponse(event, {
      stream,
      revision: revision < 0 ? TOMBSTONE_REVISION : String(revision),
      created: this.now,
      position,
    });
    void this.tables.events.put(position, [stream, event.type, event.id, this.now, revision, response]);
  }
}
