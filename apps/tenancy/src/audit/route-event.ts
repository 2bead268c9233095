import { publicEvents, publicEventSchema } from '@claw/contracts';
import { z } from 'zod';

/** The public events of routing that belong to an audit trail, in every version that EVENTS_ROUTING may hold. */
export const routeEventSchema = z.union([
  publicEventSchema(publicEvents.phoneRouteClaimed),
  publicEventSchema(publicEvents.phoneRouteReleased),
  publicEventSchema(publicEvents.phoneRouteReleasedV1),
]);
export type RouteEvent = z.output<typeof routeEventSchema>;
