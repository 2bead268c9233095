/** How long things may take, in milliseconds; tests shorten them. */
export interface Timings {
  /** For the first-frame `auth`. */
  readonly auth: number;
  /** For everything that an opening asks of NATS. */
  readonly opening: number;
  readonly pingEvery: number;
  /** Without a frame from the client the socket ends. */
  readonly idle: number;
  /** For a stream to acknowledge a message, and for a send to get its turn. */
  readonly publish: number;
  /** For routing to tell what became of a reaction; then it is answered that it is safe. */
  readonly reaction: number;
  /** How long typing lasts that isn't said again. */
  readonly typing: number;
  /** For another gateway to give up a subaccount; one that doesn't is passed over. */
  readonly yielding: number;
  /** For another gateway to answer a call about a subaccount of its own. */
  readonly peer: number;
  /** After it, a subaccount with neither socket nor sends is given back. */
  readonly release: number;
  /** How often what is unsettled, idle or silent is looked for. */
  readonly housekeeping: number;
  /** What a client that doesn't answer a close is given. */
  readonly closing: number;
}

export const defaultTimings: Timings = {
  auth: 10_000,
  opening: 5_000,
  pingEvery: 25_000,
  idle: 90_000,
  publish: 4_000,
  reaction: 5_000,
  typing: 60_000,
  yielding: 3_000,
  peer: 6_000,
  release: 60_000,
  housekeeping: 1_000,
  closing: 2_000,
};
