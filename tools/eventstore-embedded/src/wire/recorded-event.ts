import { ReadResp } from '@eventstore/db-client/generated/streams_pb';
import { streamIdentifier, uuid } from './identifiers';

const { ReadEvent } = ReadResp;
const { RecordedEvent } = ReadEvent;

/** An event that a client asks to store. */
export interface ProposedEvent {
  readonly id: string;
  readonly type: string;
  readonly contentType: string;
  readonly data: Uint8Array;
  readonly metadata: Uint8Array;
}

/** Where and when an event was stored. */
interface Place {
  readonly stream: string;
  readonly revision: string;
  /** Milliseconds since the Unix epoch. */
  readonly created: number;
  readonly position: number;
}

/** The serialized answer that carries the event to a reader: made once, and stored as it goes over the wire. */
export const eventResponse = (event: ProposedEvent, place: Place): Uint8Array => {
  const position = String(place.position);
  const recorded = new RecordedEvent()
    .setId(uuid(event.id))
    .setStreamIdentifier(streamIdentifier(place.stream))
    .setStreamRevision(place.revision)
    .setPreparePosition(position)
    .setCommitPosition(position)
    .setCustomMetadata(event.metadata)
    .setData(event.data);
  // The wire counts in 100 ns, so four more digits.
  recorded
    .getMetadataMap()
    .set('type', event.type)
    .set('content-type', event.contentType)
    .set('created', `${place.created}0000`);
  return new ReadResp()
    .setEvent(new ReadEvent().setEvent(recorded).setCommitPosition(position))
    .serializeBinary();
};

/** The event in such an answer. Throws where there is none. */
export const recordedEventIn = (response: Uint8Array): ReadResp.ReadEvent.RecordedEvent => {
  const recorded = ReadResp.deserializeBinary(response).getEvent()?.getEvent();
  if (recorded === undefined) throw new Error('a stored answer holds no event');
  return recorded;
};
