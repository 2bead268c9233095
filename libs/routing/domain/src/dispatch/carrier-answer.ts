/** What became of one attempt to hand a message to the carrier. */
export type CarrierAnswer =
  | {
      readonly kind: 'accepted';
      readonly carrierMessageId: string;
      readonly carrierChatId: string;
      readonly service: string | null;
    }
  /** The carrier will never take it: its own code and words. */
  | { readonly kind: 'refused'; readonly carrierCode: number | null; readonly reason: string }
  /** Not taken now. `retryAfterMs` is the carrier's own wish. */
  | { readonly kind: 'busy'; readonly retryAfterMs: number | null }
  /** No answer, or one that doesn't tell: it may have been taken. */
  | { readonly kind: 'unknown' };
