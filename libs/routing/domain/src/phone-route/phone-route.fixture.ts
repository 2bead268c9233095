import { type Decision, type Instant, instant } from '@claw/kernel';
import { evolvePhoneRoute, type PhoneRoute, type PhoneRouteEvent, unclaimed } from './phone-route';

export const phone = '+15551234567';
export const acme = { subaccountId: 'acme', agencyId: 'first-agency' };
export const globex = { subaccountId: 'globex', agencyId: 'second-agency' };
export type Holder = typeof acme;

export const at = (seconds: number): Instant => instant(Date.UTC(2030, 0, 1, 12, 0, seconds));

export const claimed = (by: Holder, when: Instant): PhoneRouteEvent => ({
  type: 'PhoneRouteClaimed',
  data: { phoneNumber: phone, ...by, at: when },
});
export const released = (
  by: Holder,
  when: Instant,
  reason: 'requested' | 'holder_closed' = 'requested',
): PhoneRouteEvent => ({
  type: 'PhoneRouteReleased',
  data: { phoneNumber: phone, ...by, reason, at: when },
});

export const routeAfter = (...history: readonly PhoneRouteEvent[]): PhoneRoute =>
  history.reduce(evolvePhoneRoute, unclaimed);

export const eventsOf = (decision: Decision<PhoneRouteEvent, string>): readonly PhoneRouteEvent[] => {
  if (!decision.accepted) throw new Error(`refused: ${decision.code}`);
  return decision.events;
};
