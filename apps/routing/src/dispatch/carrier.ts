import type { Part, PhoneNumber, Service } from '@claw/contracts';
import type { CarrierAnswer } from '@claw/routing-domain';

/** A message as the carrier is to send it. */
export interface CarrierMessage {
  /** Ours; the carrier's idempotency key, so that handing it over twice sends it once. */
  readonly messageId: string;
  readonly from: PhoneNumber;
  readonly to: readonly PhoneNumber[];
  readonly parts: readonly Part[];
  /** What it must travel by; null leaves it to the carrier. */
  readonly service: Service | null;
  /** The chat at the carrier; null opens one. */
  readonly carrierChatId: string | null;
}

/** The way to the phone network. */
export abstract class Carrier {
  /** Hands a message over, once. Never throws, and answers within a deadline of its own. */
  abstract send(message: CarrierMessage): Promise<CarrierAnswer>;
}
