import type { Actor } from '@claw/contracts';
import type { EventMetadata, Position } from '@claw/event-store';
import type { Instant } from '@claw/kernel';
import type { TenancyEvent } from '@claw/tenancy-domain';
import { placeOf } from '../projection/checkpoint';
import { summaryOf } from './summary-of';

/** A row of the audit trail. */
export interface AuditRecord {
  readonly eventId: string;
  /** Sorts like the log. */
  readonly position: string;
  readonly agencyId: string;
  readonly subaccountId: string | null;
  readonly at: Instant;
  readonly actor: Actor;
  readonly event: TenancyEvent['type'];
  readonly summary: string;
  readonly requestId: string;
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
