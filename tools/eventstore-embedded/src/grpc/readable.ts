import { setImmediate as turn } from 'node:timers/promises';
import type { EventLog } from '../log/event-log';
import type { StoredEvent } from '../log/stored-streams';
import { firstReadable, oldestReadable } from '../rules/retention';
import type { Retention } from '../rules/retention';
import { streamDeleted } from '../wire/service-errors';
import type { StartingPoint } from './read-request';

/** What can be read of a stream, or of the log: a row of places, some of them empty. */
export interface Readable {
  /** The place of the very first event, whether or not it can be read any more. */
  readonly first: number;
  readonly lowest: number;
  readonly last: number;
  at(place: number): StoredEvent | undefined;
}

/**
 * What of the stream its metadata's limits let be read now, or what `limits` do; the log where there is no name.
 * Undefined where there is no such stream, or not any more; throws a ServiceError where it is tombstoned.
 */
export const readable = (
  log: EventLog,
  stream: string | undefined,
  now: number,
  limits?: Retention,
): Readable | undefined => {
  if (stream === undefined) {
    return { first: 1, lowest: 1, last: log.lastPosition, at: (position) => log.eventAt(position) };
  }
  const { last, tombstoned, softDeleted, retention } = log.head(stream);
  if (tombstoned) throw streamDeleted(stream);
  if (last < 0 || softDeleted) return undefined;
  const kept = limits ?? retention;
  const oldest = oldestReadable(kept, now);
  const at = (revision: number): StoredEvent | undefined => {
    const event = log.eventOf(stream, revision);
    return event && event.created >= oldest ? event : undefined;
  };
  return { first: 0, lowest: firstReadable(kept, last), last, at };
};

/** Places looked at before others get their turn. */
const TURN = 256;

/**
 * The events from there on, none of them read before it is asked for. The starting point itself is left out only of
 * the log backwards.
 */
export async function* eventsFrom(
  { first, lowest, last, at }: Readable,
  from: StartingPoint,
  backwards: boolean,
): AsyncGenerator<StoredEvent> {
  const start = from === 'start' ? first : from === 'end' ? last + 1 : from;
  // The log counts from 1, so that `first` is as well what a position is to be moved by going backwards.
  const begin = backwards ? Math.min(start - first, last) : Math.max(start, lowest);
  const places = backwards ? begin - lowest : last - begin;
  for (let looked = 0; looked <= places; looked += 1) {
    const event = at(backwards ? begin - looked : begin + looked);
    if (event !== undefined) yield event;
    if (looked % TURN === TURN - 1) await turn();
  }
}
