import { type AppendReq, type BatchAppendReq, ReadResp } from '@eventstore/db-client/generated/streams_pb';
import { streamIdentifier, uuid, uuidOf } from './identifiers';
import { invalidArgument, maximumAppendSizeExceeded, missingMetadataProperty } from './service-errors';

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

/** An event as either way of appending carries it. */
type EventMessage = AppendReq.ProposedMessage | BatchAppendReq.ProposedMessage;

/** Gathers the events of one append, and never more of them than an append may have. */
export class ProposedEvents {
  readonly all: ProposedEvent[] = [];
  #bytes = 0;

  constructor(private readonly maxBytes: number) {}

  /** Throws a ServiceError for an event that can't be taken, or is one too many. */
  add(message: EventMessage): void {
    const id = uuidOf(message.getId());
    if (id === undefined) throw invalidArgument('an event needs an id that is a UUID');
    const properties = message.getMetadataMap();
    const type = properties.get('type');
    const contentType = properties.get('content-type');
    if (type === undefined || contentType === undefined) throw missingMetadataProperty();
    const [data, metadata] = [message.getData_asU8(), message.getCustomMetadata_asU8()];
    this.#bytes += data.length + metadata.length + type.length * 2;
    if (this.#bytes > this.maxBytes) throw maximumAppendSizeExceeded(this.maxBytes);
    this.all.push({ id, type, contentType, data, metadata });
  }
}

/** Where and when an event is stored. */
interface Place {
  readonly stream: string;
  /** -1 for the one that ends the stream for good. */
  readonly revision: number;
  /** Milliseconds since the Unix epoch. */
  readonly created: number;
  readonly position: number;
}

/** The revision of the event that ends a stream, as readers are told it. */
const TOMBSTONE_REVISION = '9223372036854775807';

/** The serialized answer that carries the event to a reader: made once, and stored as it goes over the wire. */
export const eventResponse = (event: ProposedEvent, place: Place): Uint8Array => {
  const position = String(place.position);
  const recorded = new RecordedEvent()
    .setId(uuid(event.id))
    .setStreamIdentifier(streamIdentifier(place.stream))
    .setStreamRevision(place.revision < 0 ? TOMBSTONE_REVISION : String(place.revision))
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
