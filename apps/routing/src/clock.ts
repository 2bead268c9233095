/** Injects the `Clock` that decisions get their time from. */
export const CLOCK = Symbol('CLOCK');
