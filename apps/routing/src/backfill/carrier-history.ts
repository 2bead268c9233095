import type { PhoneNumber } from '@claw/contracts';
import type { Instant } from '@claw/kernel';
import type { ListedChat, ListedMessage } from '../inbound/carrier-events';

/** What was read of a list of the carrier's. */
export interface Listed<Item> {
  readonly items: readonly Item[];
  /** False where the list goes on further than lists are read. */
  readonly complete: boolean;
}

/**
 * What happened at the carrier, as its lists tell it. Everything throws `CarrierUnavailable` where the carrier can't
 * or doesn't want to tell now, has a deadline for each request, and ends at once when the signal is aborted.
 */
export abstract class CarrierHistory {
  /** The chats of a sending number in which something happened since, in no order. */
  abstract chats(line: PhoneNumber, since: Instant, signal: AbortSignal): Promise<Listed<ListedChat>>;

  /**
   * The messages of a chat that were made since, in no order; some older ones may be among them. None where the
   * carrier doesn't know the chat any more.
   */
  abstract messages(
    carrierChatId: string,
    since: Instant,
    signal: AbortSignal,
  ): Promise<Listed<ListedMessage>>;
}
