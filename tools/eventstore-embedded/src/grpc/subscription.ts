import { randomUUID } from 'node:crypto';
import { ReadResp } from '@eventstore/db-client/generated/streams_pb';
import type { EventLog } from '../log/event-log';
import { placeOf } from '../wire/answers';
import { invalidArgument } from '../wire/service-errors';
import type { ReadRequest } from './read-request';
import { answerWith, eventsFrom, readable } from './reading';

/**
 * All that is after the request's starting point and then all that comes. It waits for a write only where there is
 * nothing left to read, so a slow client costs no memory. A stream's metadata limits who catches up; who is live
 * sees all. Throws a ServiceError when the stream is tombstoned, and an AbortError when `gone` is aborted.
 */
export async function* subscription(
  log: EventLog,
  request: ReadRequest,
  gone: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const { stream, accepts, checkpointInterval } = request;
  let seen = startOf(log, request);
  let looked = 0;
  let live = false;
  yield new ReadResp()
    .setConfirmation(new ReadResp.SubscriptionConfirmation().setSubscriptionId(randomUUID()))
    .serializeBinary();

  for (;;) {
    const source = readable(log, stream, Date.now(), live ? {} : undefined);
    if (source !== undefined && seen < source.last) {
      for await (const event of eventsFrom(source, seen + 1, false)) {
        if (accepts(event)) yield answerWith(event, request, log);
        looked += 1;
        if (looked % checkpointInterval === 0) yield checkpoint(event.position);
      }
      seen = source.last;
    } else if (!live) {
      live = true;
      if (checkpointInterval < Infinity) yield checkpoint(seen);
      yield new ReadResp().setCaughtUp(new ReadResp.CaughtUp()).serializeBinary();
    } else {
      await log.nextWrite(gone);
    }
  }
}

/** The last place that the subscriber doesn't want. */
const startOf = (log: EventLog, { stream, from }: ReadRequest): number => {
  const last = stream === undefined ? log.lastPosition : log.head(stream).last;
  if (from === Infinity) return last;
  if (stream === undefined && from > last)
    throw invalidArgument(`the log ends at ${last}, before position ${from}`);
  return from;
};

const checkpoint = (position: number): Uint8Array =>
  new ReadResp().setCheckpoint(placeOf(position)).serializeBinary();
