import type { OutboundMessage } from '@claw/contracts';
import { Unavailable } from '@claw/kernel';
import { type Log, WrongLastSequence } from '@claw/messaging';
import type { Projections } from '../projections/projections';
import type { Addressee } from './recipient';

/** Makes new chats known, so that sends by `chatId` work as soon as the first one is answered. */
export class ChatRegister {
  constructor(
    private readonly projections: Projections,
    private readonly logger: Log,
  ) {}

  /**
   * Sees to it that the message's chat is in the bucket; undefined where it is there already. Never rejects: what
   * failed is tried again with the chat's next message.
   */
  store(message: OutboundMessage, recipient: Addressee): Promise<void> | undefined {
    if (this.projections.chats.get(message.chatId) !== undefined) {
      recipient.chatStored = true;
      return undefined;
    }
    return this.create(message, recipient);
  }

  private async create(message: OutboundMessage, recipient: Addressee): Promise<void> {
    const { chatId, subaccountId, agencyId, from, to, claimRevision } = message;
    try {
      await this.projections.chatBucket.create(chatId, {
        subaccountId,
        agencyId,
        participants: [...to],
        sendingNumber: from,
        claimRevision,
        carrierChatId: null,
      });
      recipient.chatStored = true;
    } catch (error) {
      // Routing, or another gateway, was first.
      if (error instanceof WrongLastSequence) recipient.chatStored = true;
      else if (error instanceof Unavailable) this.logger.warn({ chatId }, 'chat not stored yet');
      else this.logger.error({ chatId, error }, 'chat not stored');
    }
  }
}
