import { buckets, type ChatEntry, chatEntrySchema } from '@claw/contracts';
import { backoffMs, Unavailable } from '@claw/kernel';
import { KvBucket, type NatsLink, WrongLastSequence } from '@claw/messaging';
import { setTimeout as pauseFor } from 'node:timers/promises';

const tries = 20;

/** The `chats` bucket. */
export class ChatDirectory {
  private readonly bucket: KvBucket<ChatEntry>;

  constructor(nats: NatsLink) {
    this.bucket = new KvBucket(nats, buckets.chats.name, chatEntrySchema);
  }

  /** Sees to it that a chat is known, and known by the carrier's chat where `chat` names one. Throws `Unavailable`. */
  async note(chatId: string, chat: ChatEntry): Promise<void> {
    for (let attempt = 1; attempt <= tries; attempt += 1) {
      const stored = await this.bucket.get(chatId);
      const carrierChatId = chat.carrierChatId ?? stored?.value.carrierChatId ?? null;
      if (stored !== undefined && stored.value.carrierChatId === carrierChatId) return;
      try {
        if (stored === undefined) await this.bucket.create(chatId, chat);
        else await this.bucket.update(chatId, { ...stored.value, carrierChatId }, stored.revision);
        return;
      } catch (error) {
        if (!(error instanceof WrongLastSequence)) throw error;
        await pauseFor(backoffMs(attempt, 2, 100));
      }
    }
    throw new Unavailable(`bucket ${buckets.chats.name}`);
  }
}
