import { directChatId, digitsOf, type PhoneDigits, type PhoneNumber, subjects } from '@claw/contracts';
import { TokenBucket } from './token-bucket';

/** One number that a subaccount sends to, with what is worked out once for all its messages. */
export class Recipient {
  readonly digits: PhoneDigits;
  readonly chatId: string;
  /** Where in OUTBOUND its messages go. */
  readonly subject: string;
  readonly rate: TokenBucket;
  /** Whether the chat is known to be in the `chats` bucket. */
  chatStored = false;

  constructor(
    subaccountId: string,
    readonly number: PhoneNumber,
    readonly claimRevision: number,
    burst: number,
    nowMs: number,
  ) {
    this.digits = digitsOf(number);
    this.chatId = directChatId(subaccountId, number, claimRevision);
    this.subject = subjects.outbound(this.chatId, subaccountId);
    this.rate = new TokenBucket(burst, nowMs);
  }
}
