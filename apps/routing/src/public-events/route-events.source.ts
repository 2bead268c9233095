import { type EventEnvelope, eventStreams, publicEvents, subjects } from '@claw/contracts';
import {
  decodePosition,
  encodePosition,
  EventLog,
  type EventStore,
  type FollowLogger,
  handOver,
  type LoggedEvent,
} from '@claw/event-store';
import type { LogEntry } from '@claw/messaging';
import type { PhoneRouteEvent } from '@claw/routing-domain';
import { phoneRouteCodec } from '../phone-routes/phone-route.codec';

/** The public events of phone routes behind a place in the log, for ever. */
export const routeEvents =
  (store: EventStore, logger: FollowLogger) =>
  (position: string | undefined, signal: AbortSignal): AsyncIterable<LogEntry> => {
    const log = new EventLog(store, phoneRouteCodec);
    return handOver(signal, (give) =>
      log.follow({
        prefixes: [eventStreams.phonePrefix],
        after: position === undefined ? 'start' : decodePosition(position),
        signal,
        logger,
        handle: (logged) => give(entryOf(logged)),
      }),
    );
  };

/** What others may know of a stored event; the stored one itself stays private. */
export const entryOf = ({ id, event, aggregateId, position }: LoggedEvent<PhoneRouteEvent>): LogEntry => {
  const { phoneNumber, subaccountId, agencyId, at } = event.data;
  const { context, name, version } =
    event.type === 'PhoneRouteClaimed' ? publicEvents.phoneRouteClaimed : publicEvents.phoneRouteReleased;
  const place = encodePosition(position);
  const payload: EventEnvelope = {
    id,
    name,
    version,
    at,
    position: place,
    data: { phoneNumber, subaccountId, agencyId },
  };
  return {
    position: place,
    subject: subjects.event(context, aggregateId, name, version),
    payload,
    msgId: id,
  };
};
