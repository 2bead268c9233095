import { portVariable, serviceConfig } from '@claw/config';
import { Webhook } from 'standardwebhooks';
import { z } from 'zod';

const isSigningSecret = (secret: string): boolean => {
  try {
    return secret.startsWith('whsec_') && new Webhook(secret) instanceof Webhook;
  } catch {
    return false;
  }
};

/** What the simulator reads from its environment. */
export const CarrierConfig = z
  .object({
    HTTP_HOST: serviceConfig.HTTP_HOST,
    HTTP_PORT: portVariable,
    LOG_LEVEL: serviceConfig.LOG_LEVEL,
    /** `relaxed` lifts the limit of 30 messages a minute from one line to one recipient. */
    LIMITS: serviceConfig.LIMITS,
    /** The bearer token that clients have to show. */
    LINQ_API_V3_API_KEY: z.string().min(1),
    /** Where events are posted; without it nobody is told. */
    WEBHOOK_URL: z.url({ protocol: /^https?$/ }).optional(),
    LINQ_WEBHOOK_SECRET: z.string().refine(isSigningSecret, 'must be whsec_ and base64').optional(),
    /** Multiplies the waits between webhook retries; 1 is Linq's 25 minutes in all. */
    WEBHOOK_RETRY_SCALE: z.coerce.number().positive().max(10).default(1),
    /** The folder that keeps everything over a restart; without it, memory only. */
    CARRIER_DATA: z.string().min(1).optional(),
  })
  .refine((config) => config.WEBHOOK_URL === undefined || config.LINQ_WEBHOOK_SECRET !== undefined, {
    error: 'is missing: webhooks must be signed',
    path: ['LINQ_WEBHOOK_SECRET'],
  });
export type CarrierConfig = z.infer<typeof CarrierConfig>;
