import { z } from 'zod';

/** The services in the order in which Linq falls back from one to the next. */
export const SERVICES = ['iMessage', 'RCS', 'SMS'] as const;
export const ServiceType = z.enum(SERVICES);
export type ServiceType = z.infer<typeof ServiceType>;

/**
 * The service that a message takes: the preferred one or, below it, the first that every recipient has.
 * Asking for iMessage means iMessage or nothing. `undefined`: there is no way to reach them.
 */
export const pickService = (
  preferred: ServiceType | null,
  capabilities: readonly (readonly ServiceType[])[],
): ServiceType | undefined => {
  const candidates =
    preferred === 'iMessage'
      ? (['iMessage'] as const)
      : SERVICES.slice(SERVICES.indexOf(preferred ?? 'iMessage'));
  return candidates.find((service) => capabilities.every((able) => able.includes(service)));
};
