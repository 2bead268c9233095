import { accept, type Decision, type Instant, nothing, refuse } from '@claw/kernel';
import { type PhoneRoute, type PhoneRouteEvent, timeOfChange } from './phone-route';
import { releaseOf } from './release-phone-route';

export interface ClaimPhoneRoute {
  readonly phoneNumber: string;
  readonly subaccountId: string;
  readonly agencyId: string;
  /** Whether the subaccount that holds the number now is closed: then it counts as free. */
  readonly holderClosed: boolean;
  /** Whether the claimant has as many routes as it may. */
  readonly capReached: boolean;
}

export type ClaimRefusal = 'phone_already_registered' | 'route_limit_reached';

/**
 * Gives the number to the claimant: nothing where it has it already, a refusal where anybody else holds it. Whose
 * it is is never said.
 */
export const claimPhoneRoute = (
  route: PhoneRoute,
  command: ClaimPhoneRoute,
  now: Instant,
): Decision<PhoneRouteEvent, ClaimRefusal> => {
  const { phoneNumber, subaccountId, agencyId } = command;
  const { holding } = route;
  if (holding?.subaccountId === subaccountId) return nothing();
  if (holding !== undefined && !command.holderClosed) {
    return refuse('phone_already_registered', 'This phone number is already registered.');
  }
  if (command.capReached) {
    return refuse(
      'route_limit_reached',
      'The subaccount has as many phone routes as it may have; release one first.',
    );
  }
  const at = timeOfChange(route, now);
  const claimed: PhoneRouteEvent = {
    type: 'PhoneRouteClaimed',
    data: { phoneNumber, subaccountId, agencyId, at },
  };
  return holding === undefined
    ? accept<PhoneRouteEvent>(claimed)
    : accept<PhoneRouteEvent>(releaseOf(holding, 'holder_closed', at), claimed);
};
