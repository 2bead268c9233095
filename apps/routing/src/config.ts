import { eventStoreConfig, postgresConfig, serviceConfig } from '@claw/config';
import { Webhook } from 'standardwebhooks';
import { z } from 'zod';

const isSigningSecret = (secret: string): boolean => {
  try {
    return new Webhook(secret) instanceof Webhook;
  } catch {
    return false;
  }
};

/** What the service reads from its environment. */
export const routingConfig = z.object({
  ...serviceConfig,
  ...eventStoreConfig,
  ...postgresConfig,
  LINQ_API_V3_API_KEY: z.string().min(1),
  LINQ_API_V3_BASE_URL: z.url({ protocol: /^https?$/ }).default('https://api.linqapp.com/api/partner'),
  LINQ_WEBHOOK_SECRET: z.string().refine(isSigningSecret, 'must be a signing secret, whsec_ and base64'),
  /** How long the carrier may take over one request, in milliseconds. */
  CARRIER_TIMEOUT_MS: z.coerce.number().int().min(100).max(60_000).default(15_000),
  /** How often each sending number's lists at the carrier are gone through for what no webhook told, in milliseconds. */
  BACKFILL_EVERY_MS: z.coerce.number().int().min(100).max(86_400_000).default(60_000),
});
export type RoutingConfig = Readonly<z.output<typeof routingConfig>>;
