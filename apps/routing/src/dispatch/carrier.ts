import type { Effect, Part, PhoneNumber, ReactionType, Service } from '@claw/contracts';
import type { CarrierAnswer, CarrierReceipt, ReactionAnswer } from '@claw/routing-domain';
import type { Instant } from '@claw/kernel';

/** A message as the carrier is to send it. */
export interface CarrierMessage {
  /** Ours; the carrier's idempotency key, so that handing it over twice sends it once. */
  readonly messageId: string;
  readonly from: PhoneNumber;
  /** One number, or those of a group. */
  readonly to: readonly PhoneNumber[];
  readonly parts: readonly Part[];
  /** What it should travel by, or what comes next where a recipient can't; null leaves it to the carrier. */
  readonly service: Service | null;
  readonly effect: Effect | null;
  /** The carrier's message that it is a threaded reply to. */
  readonly replyTo: string | null;
  /** The chat at the carrier; null opens one, or finds the one with the same people. */
  readonly carrierChatId: string | null;
}

/** A reaction as the carrier is to show it, or to take away. */
export interface CarrierReaction {
  /** The carrier's own id of the message. */
  readonly carrierMessageId: string;
  readonly type: ReactionType;
  readonly remove: boolean;
}

/** What shows a chat's other side that somebody is there. */
export type CarrierSignal = 'typing.start' | 'typing.stop' | 'read';

/** The way to the phone network. Nothing here throws, and everything answers within a deadline of its own. */
export abstract class Carrier {
  /** Hands a message over, once. */
  abstract send(message: CarrierMessage): Promise<CarrierAnswer>;

  /** Shows a reaction, or takes it away; doing so twice shows no more. */
  abstract react(reaction: CarrierReaction): Promise<ReactionAnswer>;

  /** False where it didn't come through; it isn't tried again. */
  abstract signal(carrierChatId: string, signal: CarrierSignal): Promise<boolean>;

  /**
   * The messages at the carrier that look like this one and were made since, oldest first; undefined where that can't
   * be told now.
   */
  abstract sentLike(message: CarrierMessage, since: Instant): Promise<readonly CarrierReceipt[] | undefined>;

  /** The carrier's chat of these people; null where there is none, or that can't be told now. */
  abstract chatOf(from: PhoneNumber, to: readonly PhoneNumber[]): Promise<string | null>;
}
