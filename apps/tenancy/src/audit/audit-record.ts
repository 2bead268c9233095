import type { Actor } from '@claw/contracts';
import { decodePosition, type EventMetadata, type Position } from '@claw/event-store';
import type { Instant } from '@claw/kernel';
import type { TenancyEvent } from '@claw/tenancy-domain';
import { placeOf } from '../projection/checkpoint';
import type { RouteEvent } from './route-event';
import { routeSummaryOf, summaryOf } from './summary-of';

/** A row of the audit trail. */
export interface AuditRecord {
  readonly eventId: string;
  /** Sorts like the log. */
  readonly position: string;
  readonly agencyId: string;
  readonly subaccountId: string | null;
  readonly at: Instant;
  readonly actor: Actor;
  readonly event: TenancyEvent['type'] | RouteEvent['name'];
  readonly summary: string;
  readonly requestId: string | null;
}

export interface RecordedEvent {
  readonly id: string;
  readonly event: TenancyEvent;
  readonly revision: bigint;
  /** Its own place in the log, or that of a later event of the same append. */
  readonly position: Position;
  readonly metadata: EventMetadata;
}

/** An event as a row of the audit trail. */
export const auditRecordOf = ({ id, event, revision, position, metadata }: RecordedEvent): AuditRecord => ({
  eventId: id,
  position: placeOf({ position, revision }),
  agencyId: event.data.agencyId,
  subaccountId: 'subaccountId' in event.data ? event.data.subaccountId : null,
  at: event.data.at,
  actor: metadata.actor,
  event: event.type,
  summary: summaryOf(event),
  requestId: metadata.requestId,
});

/** A public event of routing as a row of the audit trail. Throws RangeError where its position is none. */
export const routeRecordOf = (told: RouteEvent): AuditRecord => ({
  eventId: told.id,
  // No other event is published under its position, so there is no need for its revision.
  position: placeOf({ position: decodePosition(told.position), revision: 0n }),
  agencyId: told.data.agencyId,
  subaccountId: told.data.subaccountId,
  at: told.at,
  // Those from before the actor was told.
  actor: told.actor ?? { kind: 'system', id: 'routing' },
  event: told.name,
  summary: routeSummaryOf(told),
  requestId: told.requestId ?? null,
});
