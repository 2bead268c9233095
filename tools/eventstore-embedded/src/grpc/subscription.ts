import { randomUUID } from 'node:crypto';
import { ReadResp } from '@eventstore/db-client/generated/streams_pb';
import type { EventLog } from '../log/event-log';
import { everything } from '../rules/event-filter';
import { invalidArgument, streamDeleted } from '../wire/service-errors';
import { logRange, streamRange } from './event-range';
import type { EventRange } from './event-range';
import { eventRenderer } from './event-renderer';
import type { Outlet } from './outlet';
import type { ReadRequest } from './read-request';
import { sendRange } from './send-range';

/**
 * Sends all that is after the request's starting point and then all that comes, until the client is gone. It reads
 * the log at the client's pace, and waits for a wake-up only where there is nothing left to read, so a slow
 * client costs no memory. Throws a ServiceError when the stream is tombstoned.
 */
export const subscribe = async (log: EventLog, outlet: Outlet, request: ReadRequest): Promise<void> => {
  const { stream, filter } = request;
  const render = eventRenderer(log, request);
  const accepts = filter?.accepts ?? everything;
  let seen = startOf(log, request);
  let looked = 0;
  let live = false;
  outlet.write(confirmation(randomUUID()));

  while (!outlet.gone.aborted) {
    const range = stream === undefined ? logRange(log, seen + 1, false) : unseen(log, stream, seen, live);
    if (range !== undefined && range.from <= range.to) {
      await sendRange(outlet, range, (event, place) => {
        seen = place;
        looked += 1;
        const answers = event !== undefined && accepts(event) ? [render(event)] : [];
        if (filter !== undefined && looked % filter.checkpointInterval === 0) answers.push(checkpoint(place));
        return answers;
      });
      continue;
    }
    if (!live) {
      live = true;
      if (filter !== undefined) outlet.write(checkpoint(seen));
      outlet.write(caughtUp());
    }
    await log.written.next(outlet.gone);
  }
};

/** The last place that the subscriber doesn't want. */
const startOf = (log: EventLog, { stream, from }: ReadRequest): number => {
  if (stream === undefined) {
    const last = log.lastPosition;
    if (from === 'start') return 0;
    if (from === 'end') return last;
    if (from > last) throw invalidArgument(`the log ends at ${last}, before position ${from}`);
    return from;
  }
  if (from === 'start') return -1;
  if (from !== 'end') return from;
  return log.head(stream).last;
};

/** What is in the stream after `seen`. Its metadata's limits hold for who catches up; who is live sees all. */
const unseen = (log: EventLog, stream: string, seen: number, live: boolean): EventRange | undefined => {
  const found = log.head(stream);
  if (found.tombstoned) throw streamDeleted(stream);
  if (found.last < 0 || found.softDeleted) return undefined;
  const limits = live ? { ...found, retention: {} } : found;
  return streamRange(log, stream, limits, seen + 1, false, Date.now());
};

const confirmation = (id: string): Uint8Array =>
  new ReadResp()
    .setConfirmation(new ReadResp.SubscriptionConfirmation().setSubscriptionId(id))
    .serializeBinary();

const checkpoint = (position: number): Uint8Array =>
  new ReadResp()
    .setCheckpoint(
      new ReadResp.Checkpoint().setCommitPosition(String(position)).setPreparePosition(String(position)),
    )
    .serializeBinary();

const caughtUp = (): Uint8Array => new ReadResp().setCaughtUp(new ReadResp.CaughtUp()).serializeBinary();
