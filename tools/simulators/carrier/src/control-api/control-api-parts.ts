import type { CarrierParts } from '../carrier-parts';

export interface ControlApiParts extends CarrierParts {
  /** Forgets everything, also the webhooks that are still to be sent. */
  readonly reset: () => Promise<void>;
}
