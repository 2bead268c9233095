import { z } from 'zod';

/** Volume limits: the defaults below, overridden for an agency by an operator. */
export const volumeLimitsSchema = z.object({
  subaccountsPerAgency: z.number().int().min(0),
  routesPerSubaccount: z.number().int().min(0),
  claimsPerMinute: z.number().int().min(0),
  provisioningPerMinute: z.number().int().min(0),
  requestsPerMinute: z.number().int().min(0),
  sendsPerSecond: z.number().int().min(0),
  sendsBurst: z.number().int().min(0),
  sendsPerRecipientPerMinute: z.number().int().min(0),
  newRecipientsPerDay: z.number().int().min(0),
});
export type VolumeLimits = z.infer<typeof volumeLimitsSchema>;

export const defaultLimits: VolumeLimits = {
  subaccountsPerAgency: 1_000,
  routesPerSubaccount: 1_000,
  claimsPerMinute: 1_000,
  provisioningPerMinute: 300,
  requestsPerMinute: 600,
  sendsPerSecond: 10,
  sendsBurst: 30,
  sendsPerRecipientPerMinute: 30,
  newRecipientsPerDay: 50,
};

/** A socket's frames, whoever's: not an agency's to change. */
export const frameLimits = { perSecond: 20, burst: 60, maxBytes: 256 * 1024 } as const;

/** `relaxed` is for load tests: every rate and cap times 1,000; never the message limit or the one live socket. */
export type LimitsMode = 'default' | 'relaxed';

export const limitsFactor = (mode: LimitsMode): number => (mode === 'relaxed' ? 1_000 : 1);

/** Overrides of the defaults; a member that is undefined overrides nothing. */
export type LimitOverrides = { readonly [Name in keyof VolumeLimits]?: number | undefined };

/** The limits in force for an agency. */
export const limitsFor = (mode: LimitsMode, overrides: LimitOverrides = {}): VolumeLimits => {
  const factor = limitsFactor(mode);
  const entries = Object.entries(defaultLimits).map(([name, value]) => [
    name,
    (overrides[name as keyof VolumeLimits] ?? value) * factor,
  ]);
  return Object.fromEntries(entries) as VolumeLimits;
};

/** Phone numbers in one bulk claim. */
export const maxClaimRows = 1_000;
export const defaultMessageLimit = 1_000;
export const maxMessageLimit = 1_000_000;
/** HTTP bodies and socket frames alike. */
export const maxBodyBytes = 256 * 1024;
