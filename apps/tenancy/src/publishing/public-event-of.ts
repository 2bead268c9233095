import { type EventEnvelope, publicEvents } from '@claw/contracts';
import { encodePosition, type LoggedEvent } from '@claw/event-store';
import { assertNever } from '@claw/kernel';
import type { TenancyEvent } from '@claw/tenancy-domain';
import type { z } from 'zod';

interface Told {
  readonly definition: { readonly name: string; readonly version: number; readonly data: z.ZodType };
  readonly aggregateId: string;
  readonly data: object;
}

/** A public event and whose it is. */
export interface PublicEvent {
  readonly aggregateId: string;
  readonly envelope: EventEnvelope;
}

/** What others may know of a stored event; undefined where it is none of their business. */
export const publicEventOf = ({
  id,
  event,
  position,
  metadata: { actor, requestId },
}: LoggedEvent<TenancyEvent>): PublicEvent | undefined => {
  const told = toldOf(event);
  if (!told) return undefined;
  const { name, version, data } = told.definition;
  return {
    aggregateId: told.aggregateId,
    envelope: {
      id,
      name,
      version,
      at: event.data.at,
      position: encodePosition(position),
      actor,
      requestId,
      // Drops what isn't in the contract, and refuses to publish what doesn't keep it.
      data: data.parse(told.data),
    },
  };
};

const toldOf = ({ type, data }: TenancyEvent): Told | undefined => {
  switch (type) {
    case 'AgencyActivated':
      return { definition: publicEvents.agencyActivated, aggregateId: data.agencyId, data };
    case 'AgencySuspended':
      return { definition: publicEvents.agencySuspended, aggregateId: data.agencyId, data };
    case 'AgencyReactivated':
      return { definition: publicEvents.agencyReactivated, aggregateId: data.agencyId, data };
    case 'SubaccountProvisioned':
      return { definition: publicEvents.subaccountProvisioned, aggregateId: data.subaccountId, data };
    case 'MessageLimitChanged':
      return { definition: publicEvents.messageLimitChanged, aggregateId: data.subaccountId, data };
    case 'SubaccountSuspended':
      return { definition: publicEvents.subaccountSuspended, aggregateId: data.subaccountId, data };
    case 'SubaccountReactivated':
      return { definition: publicEvents.subaccountReactivated, aggregateId: data.subaccountId, data };
    case 'SubaccountClosed':
      return { definition: publicEvents.subaccountClosed, aggregateId: data.subaccountId, data };
    case 'AgencyRegistered':
    case 'ParentKeyIssued':
    case 'ParentKeyRotated':
    case 'HelpTextChanged':
    case 'AgencyLimitsChanged':
    case 'SubaccountDetailsChanged':
    case 'SubaccountKeyRotated':
    case 'NumberAssigned':
      return undefined;
    default:
      return assertNever(type);
  }
};
