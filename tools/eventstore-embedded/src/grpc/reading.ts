import { setImmediate as turn } from 'node:timers/promises';
import { ReadResp } from '@eventstore/db-client/generated/streams_pb';
import type { EventLog } from '../log/event-log';
import type { StoredEvent } from '../log/stored-streams';
import { firstReadable, oldestReadable, type Retention } from '../rules/retention';
import { LINK_TYPE } from '../rules/system-streams';
import { recordedEventIn } from '../wire/events';
import { streamIdentifier, structuredUuid } from '../wire/identifiers';
import { streamDeleted } from '../wire/service-errors';
import type { ReadRequest } from './read-request';

/** The events that a request wants, as serialized answers; none of them is read before it is asked for. */
export async function* read(log: EventLog, request: ReadRequest, count: number): AsyncGenerator<Uint8Array> {
  const { stream, from, backwards, accepts } = request;
  const source = readable(log, stream, Date.now());
  if (source === undefined) {
    yield streamNotFound(stream ?? '');
    return;
  }
  let wanted = count;
  for await (const event of eventsFrom(source, from, backwards)) {
    if (wanted === 0) return;
    if (!accepts(event)) continue;
    wanted -= 1;
    yield answerWith(event, request, log);
  }
}

const streamNotFound = (stream: string): Uint8Array =>
  new ReadResp()
    .setStreamNotFound(new ReadResp.StreamNotFound().setStreamIdentifier(streamIdentifier(stream)))
    .serializeBinary();

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
  from: number,
  backwards: boolean,
): AsyncGenerator<StoredEvent> {
  // The log counts from 1, so that `first` is as well what a position is to be moved by going backwards.
  const begin = backwards ? Math.min(Math.max(from, first) - first, last) : Math.max(from, lowest);
  const places = backwards ? begin - lowest : last - begin;
  for (let looked = 0; looked <= places; looked += 1) {
    const event = at(backwards ? begin - looked : begin + looked);
    if (event !== undefined) yield event;
    if (looked % TURN === TURN - 1) await turn();
  }
}

type Recorded = ReadResp.ReadEvent.RecordedEvent;

/** The event as the answer that the request wants: nearly always the bytes that are stored. */
export const answerWith = (
  event: StoredEvent,
  { resolveLinks, structuredIds }: ReadRequest,
  log: EventLog,
): Uint8Array => {
  const isLink = resolveLinks && event.type === LINK_TYPE;
  if (!isLink && !structuredIds) return event.response;
  const recorded = ({ id, response }: StoredEvent): Recorded =>
    structuredIds ? recordedEventIn(response).setId(structuredUuid(id)) : recordedEventIn(response);
  const answer = new ReadResp.ReadEvent().setCommitPosition(String(event.position));
  const target = isLink ? linkTarget(log, recordedEventIn(event.response)) : event;
  if (isLink) answer.setLink(recorded(event));
  return new ReadResp().setEvent(answer.setEvent(target && recorded(target))).serializeBinary();
};

/** A link's data is `<revision>@<stream>`; undefined where that can't be read. */
const linkTarget = (log: EventLog, link: Recorded): StoredEvent | undefined => {
  const [, revision, stream] = /^(\d+)@(.+)$/su.exec(Buffer.from(link.getData_asU8()).toString('utf8')) ?? [];
  if (revision === undefined || stream === undefined) return undefined;
  const { tombstoned, softDeleted } = log.head(stream);
  return tombstoned || softDeleted ? undefined : log.eventOf(stream, Number(revision));
};
