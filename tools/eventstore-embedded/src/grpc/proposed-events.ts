import type { UUID } from '@eventstore/db-client/generated/shared_pb';
import type { Map as ProtobufMap } from 'google-protobuf';
import { uuidOf } from '../wire/identifiers';
import type { ProposedEvent } from '../wire/recorded-event';
import { invalidArgument, maximumAppendSizeExceeded, missingMetadataProperty } from '../wire/service-errors';

/** An event as either way of appending carries it. */
interface EventMessage {
  getId(): UUID | undefined;
  getMetadataMap(): ProtobufMap<string, string>;
  getCustomMetadata_asU8(): Uint8Array;
  getData_asU8(): Uint8Array;
}

/** Gathers the events of one append, and never more of them than an append may have. */
export class ProposedEvents {
  readonly #events: ProposedEvent[] = [];
  #bytes = 0;

  constructor(private readonly maxBytes: number) {}

  get all(): readonly ProposedEvent[] {
    return this.#events;
  }

  /** Throws a ServiceError for an event that can't be taken, or is one too many. */
  add(message: EventMessage): void {
    const event = proposedEvent(message);
    this.#bytes += event.data.length + event.metadata.length + event.type.length * 2;
    if (this.#bytes > this.maxBytes) throw maximumAppendSizeExceeded(this.maxBytes);
    this.#events.push(event);
  }
}

const proposedEvent = (message: EventMessage): ProposedEvent => {
  const id = uuidOf(message.getId());
  if (id === undefined) throw invalidArgument('an event needs an id that is a UUID');
  const properties = message.getMetadataMap();
  const type = properties.get('type');
  const contentType = properties.get('content-type');
  if (type === undefined || contentType === undefined) throw missingMetadataProperty();
  return { id, type, contentType, data: message.getData_asU8(), metadata: message.getCustomMetadata_asU8() };
};
