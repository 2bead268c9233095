/** The carrier didn't do what it was asked to, or it isn't known whether it did. */
export type CarrierFailure =
  /** It never will: its own code and words. */
  | { readonly kind: 'refused'; readonly carrierCode: number | null; readonly reason: string }
  /** Not now. `retryAfterMs` is the carrier's own wish. */
  | { readonly kind: 'busy'; readonly retryAfterMs: number | null }
  /** No answer, or one that doesn't tell: it may have done it. */
  | { readonly kind: 'unknown' };

/** The carrier's own names for a message that it has taken. */
export interface CarrierReceipt {
  readonly carrierMessageId: string;
  readonly carrierChatId: string;
  readonly service: string | null;
}

/** What became of one attempt to hand a message to the carrier. */
export type CarrierAnswer = ({ readonly kind: 'accepted' } & CarrierReceipt) | CarrierFailure;

/** What became of one attempt to set or remove a reaction. */
export type ReactionAnswer = { readonly kind: 'accepted' } | CarrierFailure;
