import { loadConfig, serviceConfig } from '@claw/config';
import { z } from 'zod';

const schema = z.object({
  ...serviceConfig,
  /** Opens `/api/operator/*`. */
  OPERATOR_TOKEN: z.string().min(24),
  /** Where the world finds this platform; named in the OpenAPI document. */
  PUBLIC_URL: z.url(),
});

export type ApiConfig = z.output<typeof schema>;

export const API_CONFIG = Symbol('ApiConfig');

/** Read once at start; throws ConfigError that names each variable at fault. */
export const readConfig = (env: NodeJS.ProcessEnv = process.env): ApiConfig => loadConfig(schema, env);
