import { type MessageEntry, type ReactionEntry, type StatusEntry, subjects } from '@claw/contracts';
import { JetStreamPublisher } from '@claw/messaging';
import { Injectable } from '@nestjs/common';

/** What agents are to hear, each in its subaccount's own feed. Throws `Unavailable`. */
@Injectable()
export class Feed {
  constructor(private readonly publisher: JetStreamPublisher) {}

  /** A message from a customer; once, however often it is said. */
  async message(subaccountId: string, entry: MessageEntry): Promise<void> {
    await this.publisher.publish(subjects.feed(subaccountId), entry, {
      msgId: `${entry.messageId}:received`,
    });
  }

  /** How far a message has come; each state once, however often it is said. */
  async status(subaccountId: string, entry: StatusEntry): Promise<void> {
    await this.publisher.publish(subjects.feed(subaccountId), entry, {
      msgId: `${entry.messageId}:${entry.status}`,
    });
  }

  /** A customer's reaction, put on or taken off; once, however often it is said. */
  async reaction(subaccountId: string, entry: ReactionEntry): Promise<void> {
    const { messageId, from, reactionType, remove, timestamp } = entry;
    await this.publisher.publish(subjects.feed(subaccountId), entry, {
      msgId: [messageId, 'reaction', from, reactionType, remove, timestamp].join(':'),
    });
  }
}
