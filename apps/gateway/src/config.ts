import { serviceConfig } from '@claw/config';
import { z } from 'zod';

/** What the gateway reads from its environment. */
export const gatewayConfig = z.object({ ...serviceConfig });
export type GatewayConfig = z.output<typeof gatewayConfig>;
