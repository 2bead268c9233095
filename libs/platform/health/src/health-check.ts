/** A part that the service can't do its work without. */
export interface ReadinessCheck {
  /** As the probe shows it: `nats`, `postgres`. */
  readonly name: string;
  /** Rejects, or outlasts its time, where the part is down. */
  readonly check: () => Promise<unknown>;
  /** Milliseconds; 1,000 where it isn't given. */
  readonly deadlineMs?: number;
}

/** Injects the service's {@link ReadinessCheck}s. */
export const READINESS_CHECKS = Symbol('READINESS_CHECKS');
