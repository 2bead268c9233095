import type { ServiceName } from './services';

/** What leans on a lower layer is stopped before it. */
export const layers = { backing: 1, services: 2, front: 3 } as const;

/** Within this many milliseconds a process ends in order, or it is ended by force. */
export const stopGraceMs = 15_000;

/** A heap that starts small and is given back: many processes share one machine. */
const small = ['--max-semi-space-size=2', '--max-old-space-size=256'];
/** What every message goes through: some megabytes more, for a third of the collections. */
const busy = ['--max-semi-space-size=8', '--max-old-space-size=256'];

/** Flags of each Node process. */
export const nodeFlags: Readonly<
  Record<ServiceName | 'eventstore' | 'carrier' | 'front', readonly string[]>
> = {
  api: small,
  tenancy: small,
  routing: busy,
  gateway: busy,
  eventstore: small,
  carrier: small,
  front: small,
};
