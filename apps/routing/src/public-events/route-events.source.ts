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
import { platform } from '../platform-actor';
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
export const entryOf = (logged: LoggedEvent<PhoneRouteEvent>): LogEntry => {
  const { id, event, aggregateId, position } = logged;
  const { definition, data } = toldOf(event);
  const { context, name, version } = definition;
  const place = encodePosition(position);
  const payload: EventEnvelope = {
    id,
    name,
    version,
    at: event.data.at,
    position: place,
    ...causeOf(logged),
    data,
  };
  return {
    position: place,
    subject: subjects.event(context, aggregateId, name, version),
    payload,
    msgId: id,
  };
};

const toldOf = ({ type, data }: PhoneRouteEvent) => {
  const { phoneNumber, subaccountId, agencyId } = data;
  const route = { phoneNumber, subaccountId, agencyId };
  return type === 'PhoneRouteClaimed'
    ? { definition: publicEvents.phoneRouteClaimed, data: route }
    : { definition: publicEvents.phoneRouteReleased, data: { ...route, reason: data.reason } };
};

/**
 * Who did it, on which request. A closed holder may lose its number by the claim of somebody else, whose name and
 * request are none of its business: then it is the platform's doing.
 */
const causeOf = ({
  event,
  metadata: { actor, requestId },
}: LoggedEvent<PhoneRouteEvent>): Pick<EventEnvelope, 'actor' | 'requestId'> => {
  const ofClosed = event.type === 'PhoneRouteReleased' && event.data.reason === 'holder_closed';
  return ofClosed && actor.id !== platform.id ? { actor: platform } : { actor, requestId };
};
