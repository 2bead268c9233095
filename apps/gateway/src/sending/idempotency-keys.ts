import type { SendFrame } from '@claw/contracts';
import { epochMs, instant, newId } from '@claw/kernel';
import { type BucketEntry, type KvBucket, WrongLastSequence } from '@claw/messaging';
import type { OutboundLog } from '../outbound/outbound-log';
import type { IdempotencyRecord } from './idempotency-record';
import { contentDigest, idempotencyBucketKey } from './send-digest';

/** What a key says about a send. */
export type KeyedSend =
  | { readonly kind: 'first' }
  /** The same content under a key that is taken: its message is in the stream. */
  | { readonly kind: 'stored'; readonly messageId: string; readonly chatId: string }
  /** Reserved, but its message is not in the stream: it may be published again, under the same id. */
  | { readonly kind: 'reserved'; readonly entry: BucketEntry<IdempotencyRecord> }
  | { readonly kind: 'conflict' };

/** Clocks of gateways differ: the look for a message starts this much before it was reserved. */
const clockSlackMs = 5_000;

/** Idempotency keys: 24 hours, one window for socket and REST. Everything throws `Unavailable`. */
export class IdempotencyKeys {
  constructor(
    private readonly bucket: KvBucket<IdempotencyRecord>,
    private readonly outbound: OutboundLog,
  ) {}

  async look(subaccountId: string, frame: SendFrame, idempotencyKey: string): Promise<KeyedSend> {
    const entry = await this.bucket.get(idempotencyBucketKey(subaccountId, idempotencyKey));
    if (entry === undefined) return { kind: 'first' };
    const { content, messageId, chatId, stored, reservedAt } = entry.value;
    if (content !== contentDigest(frame)) return { kind: 'conflict' };
    if (stored) return { kind: 'stored', messageId, chatId };
    const sinceMs = epochMs(reservedAt) - clockSlackMs;
    const found = await this.outbound.find(chatId, subaccountId, messageId, sinceMs);
    if (found === undefined) return { kind: 'reserved', entry };
    await this.confirm(entry);
    return { kind: 'stored', messageId, chatId };
  }

  /** Binds a key to its content and message; undefined where somebody was first: look again. */
  async reserve(
    subaccountId: string,
    frame: SendFrame,
    idempotencyKey: string,
    chatId: string,
    nowMs: number,
  ): Promise<BucketEntry<IdempotencyRecord> | undefined> {
    const key = idempotencyBucketKey(subaccountId, idempotencyKey);
    const value: IdempotencyRecord = {
      content: contentDigest(frame),
      messageId: newId(),
      chatId,
      reservedAt: instant(nowMs),
      stored: false,
    };
    try {
      return { key, value, revision: await this.bucket.create(key, value) };
    } catch (error) {
      if (error instanceof WrongLastSequence) return undefined;
      throw error;
    }
  }

  /** Spares the next retry the look into the stream; without it the answer is the same. */
  async confirm({ key, value, revision }: BucketEntry<IdempotencyRecord>): Promise<void> {
    await this.bucket.update(key, { ...value, stored: true }, revision).catch(() => undefined);
  }
}
