import { accept, nothing, refuse, type Decision, type Instant } from '@claw/kernel';
import type { NumberAssigned, SendingNumber } from './sending-number';

export interface AssignNumber {
  readonly sendingNumber: string;
  readonly agencyId: string;
}

/** A sending number has one agency for good: it goes to whoever comes first. */
export const assignNumber = (
  number: SendingNumber | undefined,
  { sendingNumber, agencyId }: AssignNumber,
  now: Instant,
): Decision<NumberAssigned, 'number_taken'> => {
  if (!number) return accept({ type: 'NumberAssigned', data: { sendingNumber, agencyId, at: now } });
  return number.agencyId === agencyId
    ? nothing()
    : refuse('number_taken', 'The sending number belongs to another agency.');
};
