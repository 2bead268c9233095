import { decodePosition, encodePosition, type Position } from '@claw/event-store';

/** How far a follower has come, kept where it survives. */
export interface Checkpoint {
  /** Undefined before the first event. Throws `Unavailable`. */
  read(): Promise<string | undefined>;
  /** Throws `Unavailable`. */
  write(place: string): Promise<void>;
}

/** An event's place in the log and, for events known by the same place, in its stream: sorts like the log. */
export const placeOf = (event: { readonly position: Position; readonly revision: bigint }): string =>
  `${encodePosition(event.position)}-${event.revision.toString(16).padStart(8, '0')}`;

/** The place in the log to go on from. Throws RangeError for a text that {@link placeOf} didn't make. */
export const positionIn = (place: string): Position => decodePosition(place.slice(0, place.lastIndexOf('-')));
