import type { PhoneNumber } from '@claw/contracts';
import { Unavailable } from '@claw/kernel';

/** The carrier doesn't answer, or wants to be left alone for a while. */
export class CarrierUnavailable extends Unavailable {
  constructor(
    /** The carrier's own wish, in milliseconds. */
    readonly retryAfterMs: number | null,
    options?: ErrorOptions,
  ) {
    super('carrier', false, options);
  }
}

/** A chat as the carrier has it now. */
export interface CarrierChat {
  readonly id: string;
  /** Who is in it but ourselves, in the carrier's order. */
  readonly people: readonly PhoneNumber[];
}

/** What the carrier knows of chats. Everything throws {@link CarrierUnavailable}, within a deadline of its own. */
export abstract class CarrierChats {
  /** Undefined where the carrier has no such chat. */
  abstract chat(carrierChatId: string): Promise<CarrierChat | undefined>;
}
