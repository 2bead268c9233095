import { loadConfig, portVariable, serviceConfig } from '@claw/config';
import { z } from 'zod';

const { HTTP_HOST, LOG_LEVEL } = serviceConfig;

const LARGEST_APPEND_BYTES = 16 * 1024 * 1024;

const schema = z.object({
  EVENTSTORE_PORT: portVariable.default(2113),
  EVENTSTORE_DATA: z.string(),
  /** Bytes that the events of one append may have together. */
  EVENTSTORE_MAX_APPEND_SIZE: z.coerce
    .number()
    .int()
    .min(1)
    .max(LARGEST_APPEND_BYTES)
    .default(1024 * 1024),
  HTTP_HOST,
  HTTP_PORT: portVariable.optional(),
  LOG_LEVEL,
});

export type Config = z.output<typeof schema>;

/** The server's settings, read once. Throws ConfigError, which names every variable that is wrong. */
export const readConfig = (env: NodeJS.ProcessEnv): Config => loadConfig(schema, env);
