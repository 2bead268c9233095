import type { Instant } from '@claw/kernel';
import { evolvePhoneRoute, type Holding, type PhoneRouteEvent, unclaimed } from './phone-route';

/**
 * Who held the number at a moment, from its whole history in order. A claim counts from its own moment on, a
 * release ends it at its own; where one followed the other in the same moment, the later claim has it.
 */
export const ownerAt = (history: readonly PhoneRouteEvent[], moment: Instant): Holding | undefined => {
  let route = unclaimed;
  for (const event of history) {
    if (Date.parse(event.data.at) > Date.parse(moment)) break;
    route = evolvePhoneRoute(route, event);
  }
  return route.holding;
};
