import { buckets, type ChatEntry, chatEntrySchema } from '@claw/contracts';
import { backoffMs, Unavailable } from '@claw/kernel';
import { KvBucket, type NatsLink, WrongLastSequence } from '@claw/messaging';
import { LRUCache } from 'lru-cache';
import { setTimeout as pauseFor } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';

const tries = 20;
/** What somebody else made of a chat meanwhile is put right after this long at the latest. */
const notedForMs = 30_000;

/** The `chats` bucket. */
export class ChatDirectory {
  private readonly bucket: KvBucket<ChatEntry>;
  /** As what each chat was noted last, so that one with much going on isn't looked up each time. */
  private readonly noted = new LRUCache<string, ChatEntry>({ max: 10_000, ttl: notedForMs });

  constructor(nats: NatsLink) {
    this.bucket = new KvBucket(nats, buckets.chats.name, chatEntrySchema);
  }

  /** Throws `Unavailable`. */
  async get(chatId: string): Promise<ChatEntry | undefined> {
    return (await this.bucket.get(chatId))?.value;
  }

  /** Sees to it that a chat is known, and known by the carrier's chat where `chat` names one. Throws `Unavailable`. */
  async note(chatId: string, chat: ChatEntry): Promise<void> {
    if (isDeepStrictEqual(this.noted.get(chatId), chat)) return;
    await this.write(chatId, (stored) => ({
      ...(stored ?? chat),
      carrierChatId: chat.carrierChatId ?? stored?.carrierChatId ?? null,
    }));
    this.noted.set(chatId, chat);
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
