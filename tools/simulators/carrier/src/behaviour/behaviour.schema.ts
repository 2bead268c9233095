import { z } from 'zod';
import { E164 } from '../model/e164';
import { SERVICES, ServiceType } from '../model/service';

const DELAYS = ['answer_ms', 'sent_ms', 'delivered_ms', 'read_ms', 'webhook_ms'] as const;
type Delay = (typeof DELAYS)[number];

const ms = z.int().min(0).max(3_600_000).nullable().optional();
const times = z.int().min(1).max(1_000_000).optional();

const Fail = z.strictObject({
  status: z.int().min(400).max(599),
  code: z.int().min(1000).max(9999),
  message: z.string().min(1).max(500).default('failed on demand'),
  retry_after: z.int().min(0).max(3600).optional(),
  times,
});
const Undeliverable = z.strictObject({
  code: z.int().min(1000).max(9999).default(4001),
  reason: z.string().min(1).max(500).default('not delivered on demand'),
  times,
});
const Timeout = z.union([z.boolean(), z.strictObject({ times })]);

/**
 * A change to how the carrier treats one number, or all of them. What isn't given stays as it is; `null` puts a
 * field back to what is said for all, and there to the default.
 */
export const BehaviourChange = z.strictObject({
  /** A customer's number or one of our lines. Absent: all. */
  handle: E164.optional(),
  delays: z
    .strictObject(Object.fromEntries(DELAYS.map((delay) => [delay, ms])) as Record<Delay, typeof ms>)
    .nullable()
    .optional(),
  fail: Fail.nullable().optional(),
  fail_lists: Fail.nullable().optional(),
  undeliverable: Undeliverable.nullable().optional(),
  outage: z.boolean().nullable().optional(),
  timeout: Timeout.nullable().optional(),
  duplicates: z.int().min(0).max(10).nullable().optional(),
  reorder: z.int().min(0).max(100).nullable().optional(),
  lose_webhooks: z.boolean().nullable().optional(),
  read: z.boolean().nullable().optional(),
  capabilities: z.array(ServiceType).max(SERVICES.length).nullable().optional(),
});
export type BehaviourChange = z.infer<typeof BehaviourChange>;

/** What is said of one number, or of all (`*`): only what differs from the default. */
export const BehaviourSetting = z.object({
  handle: z.string(),
  delays: z.partialRecord(z.enum(DELAYS), z.number()),
  fail: Fail.exactOptional(),
  fail_lists: Fail.exactOptional(),
  undeliverable: Undeliverable.exactOptional(),
  outage: z.boolean().exactOptional(),
  timeout: Timeout.exactOptional(),
  duplicates: z.number().exactOptional(),
  reorder: z.number().exactOptional(),
  lose_webhooks: z.boolean().exactOptional(),
  read: z.boolean().exactOptional(),
  capabilities: z.array(ServiceType).exactOptional(),
});
export type BehaviourSetting = z.infer<typeof BehaviourSetting>;

/** What holds for a request or a message, all that was said being taken together. */
export interface Behaviour {
  readonly delays: Readonly<Record<Delay, number>>;
  readonly fail?: z.infer<typeof Fail>;
  readonly fail_lists?: z.infer<typeof Fail>;
  readonly undeliverable?: z.infer<typeof Undeliverable>;
  readonly outage: boolean;
  readonly timeout: z.infer<typeof Timeout>;
  readonly duplicates: number;
  /** How many webhooks about a chat are turned around at a time; up to 1: none. */
  readonly reorder: number;
  /** Whether what happens is never told to the subscriber, now or later. */
  readonly lose_webhooks: boolean;
  readonly read: boolean;
  readonly capabilities: readonly ServiceType[];
}

export const DEFAULT_BEHAVIOUR: Behaviour = {
  delays: { answer_ms: 0, sent_ms: 20, delivered_ms: 50, read_ms: 200, webhook_ms: 0 },
  outage: false,
  timeout: false,
  duplicates: 0,
  reorder: 0,
  lose_webhooks: false,
  read: true,
  capabilities: SERVICES,
};
