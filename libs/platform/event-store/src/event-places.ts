import { type Instant, instant } from '@claw/kernel';
import type { EventStore, StoredEvent } from './event-store';
import { follow, type FollowOptions } from './follow';
import type { Position } from './position';

/** That an event stands in the log, where, and under which id. */
export interface EventPlace {
  readonly id: string;
  /** The whole name of its stream, `phone-15551234567`. */
  readonly streamId: string;
  readonly revision: bigint;
  readonly position: Position;
  /** When the store took it. */
  readonly at: Instant;
}

/**
 * The log's order without what its events say: for who waits until another context's event has come to it as a public
 * one. The stored event stays that context's own.
 */
export class EventPlaces {
  constructor(private readonly store: EventStore) {}

  /** As `EventLog.follow`. */
  async follow(options: FollowOptions<EventPlace>): Promise<void> {
    await follow(this.store, placeIn, options);
  }
}

export const placeIn = ({ id, streamId, revision, position, created }: StoredEvent): EventPlace => ({
  id,
  streamId,
  revision,
  position,
  at: instant(created),
});
