import { randomUUID } from 'node:crypto';
import { checkAppend, type ExpectedRevision, type Refusal, type StreamHead } from '../rules/check-append';
import { DELETED_METADATA, parseRetention, revived } from '../rules/retention';
import {
  describedBy,
  isMetastream,
  METADATA_TYPE,
  metastreamOf,
  TOMBSTONE_TYPE,
} from '../rules/system-streams';
import { eventResponse, type ProposedEvent, recordedEventIn } from '../wire/events';
import { StoredStreams } from './stored-streams';
import { MAX_POSITION, type Tables } from './tables';

/** A wish to write to one stream, and how far along it is expected to be. */
export interface WriteTarget {
  readonly stream: string;
  readonly expected: ExpectedRevision;
}

export interface Written {
  readonly outcome: 'written';
  /** The newest event's revision; -1 where there is none. */
  readonly last: number;
  /** Where the last event that was written stands in the log; 0 where none was. */
  readonly position: number;
}

export type WriteOutcome = Written | Refusal;

const NOTHING = new Uint8Array();

/** The log within a transaction: it shows what the transaction has written so far, and nobody else sees that yet. */
export class Draft extends StoredStreams {
  /** `now` is when its events are written, in milliseconds since the Unix epoch. */
  constructor(
    tables: Tables,
    private readonly now: number,
  ) {
    super(tables);
  }

  /** Appends the events, or finds that they were appended before, or refuses. A deleted stream starts anew. */
  append(target: WriteTarget, events: readonly ProposedEvent[]): WriteOutcome {
    const { stream } = target;
    const ids = events.map((event) => event.id);
    return this.#writeWhereExpected(target, ids, (head) => {
      if (events.length === 0) return { outcome: 'written', last: head.last, position: 0 };
      // A deleted stream comes back with its next event, and with new metadata.
      const subject = isMetastream(stream) ? describedBy(stream) : stream;
      const { softDeleted, last } = subject === stream ? head : this.head(subject);
      const position = this.#add(stream, events);
      if (softDeleted) this.#revive(subject, last + 1);
      return { outcome: 'written', last: head.last + events.length, position };
    });
  }

  /** Deletes the stream softly: reads find nothing, and its next event gets the next revision. There has to be one. */
  delete(target: WriteTarget): WriteOutcome {
    return this.#writeWhereExpected(target, [randomUUID()], ({ last, exists }) =>
      exists
        ? { outcome: 'written', last, position: this.#describe(target.stream, DELETED_METADATA) }
        : { outcome: 'wrong_expected_version', actual: last },
    );
  }

  /** Ends the stream for good: nothing can be read from it or appended to it any more. */
  tombstone(target: WriteTarget): WriteOutcome {
    const { stream } = target;
    return this.#writeWhereExpected(target, [randomUUID()], ({ last }) => {
      void this.tables.streams.put(stream, { ...this.record(stream), tombstoned: true });
      const position = this.lastPosition + 1;
      const event = systemEvent(TOMBSTONE_TYPE, 'application/octet-stream', NOTHING);
      this.#put(event, stream, -1, position);
      return { outcome: 'written', last, position };
    });
  }

  /** What `write` answers where events with these ids may be written now. */
  #writeWhereExpected(
    { stream, expected }: WriteTarget,
    eventIds: readonly string[],
    write: (head: StreamHead) => WriteOutcome,
  ): WriteOutcome {
    const head = this.head(stream);
    const verdict = checkAppend(head, expected, eventIds, {
      revisionOf: (id) => this.eventWithId(stream, id)?.revision,
      eventIdAt: (revision) => this.eventOf(stream, revision)?.id,
    });
    if (verdict.outcome === 'append') return write(head);
    if (verdict.outcome !== 'repeated') return verdict;
    const { last } = verdict;
    return { outcome: 'written', last, position: this.eventOf(stream, last)?.position ?? 0 };
  }

  /** Adds the events at the end of the stream and answers the last one's position. */
  #add(stream: string, events: readonly ProposedEvent[]): number {
    const { streams, revisions, ids } = this.tables;
    const record = this.record(stream);
    let { last } = record;
    let position = this.lastPosition;
    for (const event of events) {
      last += 1;
      position += 1;
      this.#put(event, stream, last, position);
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

  #put(event: ProposedEvent, stream: string, revision: number, position: number): void {
    if (position > MAX_POSITION) throw new Error('the log is full');
    const created = this.now;
    const response = eventResponse(event, { stream, revision, created, position });
    void this.tables.events.put(position, [stream, event.type, event.id, created, revision, response]);
  }

  /** Lets a deleted stream be read from `revision` on. */
  #revive(stream: string, revision: number): void {
    const metastream = metastreamOf(stream);
    const newest = this.eventOf(metastream, this.head(metastream).last);
    if (newest === undefined) return;
    this.#describe(stream, revived(recordedEventIn(newest.response).getData_asU8(), revision));
  }

  #describe(stream: string, metadata: Uint8Array): number {
    return this.#add(metastreamOf(stream), [systemEvent(METADATA_TYPE, 'application/json', metadata)]);
  }
}

const systemEvent = (type: string, contentType: string, data: Uint8Array): ProposedEvent => ({
  id: randomUUID(),
  type,
  contentType,
  data,
  metadata: NOTHING,
});
