import { buckets, type ChatEntry, chatEntrySchema } from '@claw/contracts';
import { backoffMs, Unavailable } from '@claw/kernel';
import { KvBucket, type NatsLink, WrongLastSequence } from '@claw/messaging';
import { setTimeout as pauseFor } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';

const tries = 20;

/** The `chats` bucket. */
export class ChatDirectory {
  private readonly bucket: KvBucket<ChatEntry>;

  constructor(nats: NatsLink) {
    this.bucket = new KvBucket(nats, buckets.chats.name, chatEntrySchema);
  }

  /** Throws `Unavailable`. */
  async get(chatId: string): Promise<ChatEntry | undefined> {
    return (await this.bucket.get(chatId))?.value;
  }

  /** Sees to it that a chat is known, and known by the carrier's chat where `chat` names one. Throws `Unavailable`. */
  async note(chatId: string, chat: ChatEntry): Promise<void> {
    await this.write(chatId, (stored) => ({
      ...(stored ?? chat),
      carrierChatId: chat.carrierChatId ?? stored?.carrierChatId ?? null,
    }));
  }

  /**
   * Makes a chat what `load` says of it. That is asked after the look at the bucket, so that of several who write at
   * once none leaves something older behind. Throws `Unavailable`.
   */
  async project(chatId: string, load: () => Promise<ChatEntry | undefined>): Promise<void> {
    await this.write(chatId, load);
  }

  private async write(
    chatId: string,
    wantedOver: (stored: ChatEntry | undefined) => ChatEntry | undefined | Promise<ChatEntry | undefined>,
  ): Promise<void> {
    for (let attempt = 1; attempt <= tries; attempt += 1) {
      const stored = await this.bucket.get(chatId);
      const wanted = await wantedOver(stored?.value);
      if (wanted === undefined || isDeepStrictEqual(stored?.value, wanted)) return;
      try {
        if (stored === undefined) await this.bucket.create(chatId, wanted);
        else await this.bucket.update(chatId, wanted, stored.revision);
        return;
      } catch (error) {
        if (!(error instanceof WrongLastSequence)) throw error;
        await pauseFor(backoffMs(attempt, 2, 100));
      }
    }
    throw new Unavailable(`bucket ${buckets.chats.name}`);
  }
}
