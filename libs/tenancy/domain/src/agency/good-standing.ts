import { refuse, type Refused } from '@claw/kernel';
import type { AgencyStatus } from './agency';

/**
 * Policy: an agency changes something only while it is active; reading always works. The refusal, or undefined
 * where there is none.
 */
export const refuseUnlessActive = (status: AgencyStatus): Refused<'payment_required'> | undefined => {
  switch (status) {
    case 'active':
      return undefined;
    case 'pending':
      return refuse(
        'payment_required',
        'The agency is not activated yet: save a card to start. Reading works meanwhile.',
      );
    case 'suspended':
      return refuse(
        'payment_required',
        'The agency is suspended: pay the open invoice, or ask us. Reading works meanwhile.',
      );
  }
};
