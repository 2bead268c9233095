import { eventStoreConfig, postgresConfig, serviceConfig } from '@claw/config';
import { z } from 'zod';

/** What the service reads from its environment. */
export const tenancyConfig = z.object({ ...serviceConfig, ...eventStoreConfig, ...postgresConfig });
export type TenancyConfig = Readonly<z.output<typeof tenancyConfig>>;

export const TENANCY_CONFIG = Symbol('TenancyConfig');
