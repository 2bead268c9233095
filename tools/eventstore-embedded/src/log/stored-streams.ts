import type { StreamHead } from '../rules/check-append';
import { isSoftDeleted, METASTREAM_RETENTION, type Retention } from '../rules/retention';
import { describedBy, isMetastream, metastreamOf } from '../rules/system-streams';
import type { StreamRecord, Tables } from './tables';

/** An event where it stands in the log. */
export interface StoredEvent {
  readonly position: number;
  readonly stream: string;
  readonly type: string;
  readonly id: string;
  /** Milliseconds since the Unix epoch. */
  readonly created: number;
  readonly revision: number;
  /** The serialized `ReadResp` that carries it to a reader. */
  readonly response: Uint8Array;
}

const NEW_STREAM: StreamRecord = { last: -1, tombstoned: false, retention: {} };

/** The log and its streams as they are. */
export class StoredStreams {
  constructor(protected readonly tables: Tables) {}

  /** The newest event's position; 0 in an empty log. Every position from 1 up to it holds an event. */
  get lastPosition(): number {
    for (const position of this.tables.events.getKeys({ reverse: true, limit: 1 })) return position;
    return 0;
  }

  eventAt(position: number | undefined): StoredEvent | undefined {
    const record = position === undefined ? undefined : this.tables.events.get(position);
    if (position === undefined || record === undefined) return undefined;
    const [stream, type, id, created, revision, response] = record;
    return { position, stream, type, id, created, revision, response };
  }

  /** A stream's event, whether or not its metadata lets it be read. */
  eventOf(stream: string, revision: number): StoredEvent | undefined {
    return this.eventAt(this.tables.revisions.get([stream, revision]));
  }

  /** The stream's newest event with this id. */
  eventWithId(stream: string, id: string): StoredEvent | undefined {
    return this.eventAt(this.tables.ids.get([stream, id]));
  }

  head(stream: string): StreamHead & { readonly retention: Retention } {
    const { last, tombstoned, retention } = this.record(stream);
    const describes = isMetastream(stream);
    return {
      last,
      tombstoned: tombstoned || (describes && this.record(describedBy(stream)).tombstoned),
      softDeleted: !describes && isSoftDeleted(retention),
      exists: last >= 0 || this.record(metastreamOf(stream)).last >= 0,
      retention: describes ? METASTREAM_RETENTION : retention,
    };
  }

  protected record(stream: string): StreamRecord {
    return this.tables.streams.get(stream) ?? NEW_STREAM;
  }
}
