import { accept, type Decision, type Instant, refuse } from '@claw/kernel';
import {
  type Holding,
  type PhoneRoute,
  type PhoneRouteEvent,
  type PhoneRouteReleased,
  type ReleaseReason,
  timeOfChange,
} from './phone-route';

export interface ReleasePhoneRoute {
  readonly subaccountId: string;
  readonly reason: ReleaseReason;
}

export const releaseOf = (
  { phoneNumber, subaccountId, agencyId }: Holding,
  reason: ReleaseReason,
  at: Instant,
): PhoneRouteReleased => ({
  type: 'PhoneRouteReleased',
  data: { phoneNumber, subaccountId, agencyId, reason, at },
});

/** Lets the number go. Refused where the subaccount doesn't hold it, whoever else may. */
export const releasePhoneRoute = (
  route: PhoneRoute,
  { subaccountId, reason }: ReleasePhoneRoute,
  now: Instant,
): Decision<PhoneRouteEvent, 'not_found'> => {
  const { holding } = route;
  return holding?.subaccountId === subaccountId
    ? accept<PhoneRouteEvent>(releaseOf(holding, reason, timeOfChange(route, now)))
    : refuse('not_found', 'The subaccount has no phone route for this number.');
};
