import type { EventLog } from '../log/event-log';
import type { StoredEvent } from '../log/stored-streams';
import { firstReadable, oldestReadable } from '../rules/retention';
import type { StartingPoint } from './read-request';

/** A row of places in a stream or in the log, walked from `from` to `to`, both included. */
export interface EventRange {
  readonly from: number;
  readonly to: number;
  readonly backwards: boolean;
  /** The event at a place; undefined where none can be read. */
  at(place: number): StoredEvent | undefined;
}

type ExistingStream = Pick<ReturnType<EventLog['head']>, 'last' | 'retention'>;

/** What a read of the stream covers: where it begins is included, and its metadata's limits hold. */
export const streamRange = (
  log: EventLog,
  stream: string,
  { last, retention }: ExistingStream,
  from: StartingPoint,
  backwards: boolean,
  now: number,
): EventRange => {
  const lowest = firstReadable(retention, last);
  const oldest = oldestReadable(retention, now);
  const at = (revision: number): StoredEvent | undefined => {
    const event = log.eventOf(stream, revision);
    return event && event.created >= oldest ? event : undefined;
  };
  if (backwards) return { from: Math.min(placeOf(from, 0, last), last), to: lowest, backwards, at };
  return { from: Math.max(placeOf(from, 0, last + 1), lowest), to: last, backwards, at };
};

/** What a read of the log covers: where it begins is included going forwards and left out going backwards. */
export const logRange = (log: EventLog, from: StartingPoint, backwards: boolean): EventRange => {
  const last = log.lastPosition;
  const at = (position: number): StoredEvent | undefined => log.eventAt(position);
  if (backwards) return { from: Math.min(placeOf(from, 1, last + 1) - 1, last), to: 1, backwards, at };
  return { from: Math.max(placeOf(from, 1, last + 1), 1), to: last, backwards, at };
};

const placeOf = (from: StartingPoint, start: number, end: number): number => {
  if (from === 'start') return start;
  return from === 'end' ? end : from;
};
