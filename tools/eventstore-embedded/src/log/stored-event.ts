import type { EventRecord } from './tables';

/** An event that a client asks to store. */
export interface ProposedEvent {
  readonly id: string;
  readonly type: string;
  readonly contentType: string;
  readonly data: Uint8Array;
  readonly metadata: Uint8Array;
}

/** An event where it stands in the log. */
export interface StoredEvent {
  readonly position: number;
  readonly stream: string;
  readonly type: string;
  readonly id: string;
  /** Milliseconds since the Unix epoch. */
  readonly created: number;
  /** The serialized `ReadResp` that carries it to a reader. */
  readonly response: Uint8Array;
}

export const storedEvent = (position: number, record: EventRecord): StoredEvent => {
  const [stream, type, id, created, , response] = record;
  return { position, stream, type, id, created, response };
};
