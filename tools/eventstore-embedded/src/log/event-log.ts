import { isSoftDeleted, METASTREAM_RETENTION } from '../rules/retention';
import type { Retention } from '../rules/retention';
import { describedBy, isMetastream } from '../rules/system-streams';
import type { Draft } from './draft';
import { LogWriter } from './log-writer';
import { RecentIds } from './recent-ids';
import { storedEvent } from './stored-event';
import type { StoredEvent } from './stored-event';
import { lastPosition, openTables } from './tables';
import type { Tables } from './tables';
import { Wakeup } from './wakeup';

/** What a reader finds where it looks for a stream. */
export type StreamStatus =
  | { readonly status: 'missing' | 'tombstoned' }
  | {
      readonly status: 'deleted' | 'readable';
      /** The newest event's revision. */
      readonly last: number;
      readonly retention: Retention;
    };

/** A durable log of events in streams, in a data folder that it has to itself. Reads see only what is synced to disk. */
export class EventLog {
  /** Pulses after every write. */
  readonly written = new Wakeup();
  readonly #tables: Tables;
  readonly #writer: LogWriter;

  private constructor(tables: Tables, onFailure: (error: unknown) => void) {
    this.#tables = tables;
    this.#writer = new LogWriter(tables, RecentIds.of(tables), this.written, onFailure);
  }

  /** Throws where the folder can't be used, or another process uses it. `onFailure` hears of writes that failed. */
  static async open(folder: string, onFailure: (error: unknown) => void): Promise<EventLog> {
    return new EventLog(await openTables(folder), onFailure);
  }

  /** See {@link LogWriter.perform}. */
  perform<T>(change: (draft: Draft) => T): Promise<T> {
    return this.#writer.perform(change);
  }

  /** The newest event's position; 0 in an empty log. Every position from 1 up to it holds an event. */
  get lastPosition(): number {
    return lastPosition(this.#tables);
  }

  eventAt(position: number): StoredEvent | undefined {
    const record = this.#tables.events.get(position);
    return record && storedEvent(position, record);
  }

  /** A stream's event, whether or not its metadata lets it be read. */
  eventOf(stream: string, revision: number): StoredEvent | undefined {
    const position = this.#tables.revisions.get([stream, revision]);
    return position === undefined ? undefined : this.eventAt(position);
  }

  status(stream: string): StreamStatus {
    const { streams } = this.#tables;
    const record = streams.get(stream);
    const ended = record?.tombstoned ?? false;
    if (ended || (isMetastream(stream) && streams.get(describedBy(stream))?.tombstoned))
      return { status: 'tombstoned' };
    if (record === undefined || record.last < 0) return { status: 'missing' };
    const retention = isMetastream(stream) ? METASTREAM_RETENTION : record.retention;
    return { status: isSoftDeleted(retention) ? 'deleted' : 'readable', last: record.last, retention };
  }

  /** Answers what was asked for before, and lets go of the folder. */
  async close(): Promise<void> {
    await this.#writer.close();
    await this.#tables.root.close();
  }
}
