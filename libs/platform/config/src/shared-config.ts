import { z } from 'zod';

/** A whole number as text, within bounds. */
const whole = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,15}$/, `must be a whole number from ${min} to ${max}`)
    .transform(Number)
    .refine((value) => value >= min && value <= max, `must be a whole number from ${min} to ${max}`);

const address = (protocols: string, example: string) =>
  z.string().regex(new RegExp(`^(?:${protocols})://\\S+$`), `must be an address like ${example}`);

/** A TCP port; 0 lets the system choose one. */
export const portVariable = whole(0, 65_535);

/** What every service reads. Spread into its own schema: `z.object({ ...serviceConfig, … })`. */
export const serviceConfig = {
  /** The replica's own name, such as `gateway-1`. */
  INSTANCE: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,62}$/, 'must be lower-case letters, digits and dashes, like gateway-1'),
  HTTP_HOST: z.string().min(1).default('127.0.0.1'),
  HTTP_PORT: portVariable,
  /** One server or several, comma-separated. */
  NATS_URL: z
    .string()
    .regex(/^(?:nats|tls):\/\/[^\s,]+(?:,(?:nats|tls):\/\/[^\s,]+)*$/, 'must be like nats://127.0.0.1:4222'),
  /** How many servers keep each stream and bucket: 1 on one server, 3 on a cluster. */
  JETSTREAM_REPLICAS: whole(1, 5).default(1),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  /** `relaxed` lifts rates and caps for load tests; never the message limit. */
  LIMITS: z.enum(['default', 'relaxed']).default('default'),
  /** Where traces go; tracing is off without it. */
  OTEL_EXPORTER_OTLP_ENDPOINT: address('https?', 'http://127.0.0.1:4318').optional(),
};

export type ServiceConfig = z.output<z.ZodObject<typeof serviceConfig>>;

export const eventStoreConfig = {
  EVENTSTORE_URL: address('esdb|esdb\\+discover', 'esdb://127.0.0.1:2113?tls=false'),
};

export const postgresConfig = {
  POSTGRES_URL: address('postgres|postgresql', 'postgres://user:password@127.0.0.1:5432/claw'),
};
