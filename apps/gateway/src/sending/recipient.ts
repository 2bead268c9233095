import { directChatId, groupChatId, type PhoneNumber, subjects } from '@claw/contracts';
import type { TokenBucket } from './token-bucket';

/** Whom a subaccount sends to, with what is worked out once for all its messages. */
export interface Addressee {
  readonly chatId: string;
  /** Where in OUTBOUND its messages go. */
  readonly subject: string;
  readonly to: readonly PhoneNumber[];
  /** The claim that the chat belongs to; null for a group. */
  readonly claimRevision: number | null;
  /** Whether the chat is known to be in the `chats` bucket. */
  chatStored: boolean;
  /** Whether its people need no counting as new any more. */
  acquainted: boolean;
}

/** One number that a subaccount sends to. */
export class Recipient implements Addressee {
  readonly chatId: string;
  readonly subject: string;
  readonly to: readonly PhoneNumber[];
  chatStored = false;
  acquainted = false;

  constructor(
    subaccountId: string,
    number: PhoneNumber,
    readonly claimRevision: number,
    /** The number's own, whatever chats it is in. */
    readonly rate: TokenBucket,
  ) {
    this.to = [number];
    this.chatId = directChatId(subaccountId, number, claimRevision);
    this.subject = subjects.outbound(this.chatId, subaccountId);
  }
}

/** A group that a subaccount sends to. */
export const groupAddressee = (
  subaccountId: string,
  people: readonly PhoneNumber[],
  chatId = groupChatId(subaccountId, people),
): Addressee => ({
  chatId,
  subject: subjects.outbound(chatId, subaccountId),
  to: people,
  claimRevision: null,
  chatStored: false,
  acquainted: false,
});
