import type { Instant } from '@claw/kernel';

export interface NumberAssigned {
  readonly type: 'NumberAssigned';
  readonly data: {
    /** E.164. */
    readonly sendingNumber: string;
    readonly agencyId: string;
    readonly at: Instant;
  };
}

/** What happens to a sending number, in its stream. */
export type NumberEvent = NumberAssigned;

/** A sending number that was given to an agency, for good. */
export interface SendingNumber {
  readonly sendingNumber: string;
  readonly agencyId: string;
  readonly revision: number;
}

export const evolveNumber = (number: SendingNumber | undefined, event: NumberEvent): SendingNumber => ({
  sendingNumber: event.data.sendingNumber,
  agencyId: event.data.agencyId,
  revision: number ? number.revision + 1 : 0,
});
