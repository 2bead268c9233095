import type { Ownership } from '../ledger/outbound-ledger';

/** One look at a lane's next piece of work, by the right to work on its partition. */
export interface Turn {
  readonly owned: Ownership;
  /** The chat, or the message that reactions are for. */
  readonly lane: string;
  /** Looks in a row that ended in a wait, before this one. */
  readonly looks: number;
  /**
   * Whether the right still stands, by this process's own clock: asked last thing before the carrier is, as the process
   * may have been stopped for longer than its lease lasts.
   */
  readonly stands: () => boolean;
}
