import { Injectable } from '@nestjs/common';
import { buckets, instantSchema } from '@claw/contracts';
import { epochMs, instant, Unavailable } from '@claw/kernel';
import { KvBucket, NatsLink, WrongLastSequence } from '@claw/messaging';
import { z } from 'zod';

const recordSchema = z.object({
  content: z.string(),
  state: z.enum(['pending', 'answered']),
  since: instantSchema,
  answer: z.unknown(),
});
type ReplayRecord = z.infer<typeof recordSchema>;

/** What is known of an `Idempotency-Key`. */
export type Replay =
  | { readonly kind: 'reserved'; readonly revision: number; readonly content: string }
  | { readonly kind: 'answered'; readonly answer: unknown }
  | { readonly kind: 'conflict' };

/**
 * A call that was begun this long ago and never answered is taken to have died. It is longer than one waits for the
 * services behind: a slow rotation must not be carried out again while its key may still be handed out.
 */
const abandonedMs = 25_000;
const prefix = 'rest.';

/** First answers by idempotency key, for 24 h (the bucket's age), seen by every replica. */
@Injectable()
export class ReplayStore {
  private readonly bucket: KvBucket<ReplayRecord>;

  constructor(nats: NatsLink) {
    this.bucket = new KvBucket(nats, buckets.idempotency.name, recordSchema);
  }

  /**
   * Takes the name for one call at a time, or tells what came of the one before. Throws Unavailable while
   * another call with it is under way.
   */
  async reserve(name: string, content: string): Promise<Replay> {
    const record: ReplayRecord = { content, state: 'pending', since: instant(Date.now()), answer: null };
    const created = await unlessTaken(this.bucket.create(prefix + name, record));
    if (created !== undefined) return { kind: 'reserved', revision: created, content };

    const known = await this.bucket.get(prefix + name);
    if (known === undefined) throw new Unavailable('idempotency');
    if (known.value.content !== content) return { kind: 'conflict' };
    if (known.value.state === 'answered') return { kind: 'answered', answer: known.value.answer };
    if (Date.now() - epochMs(known.value.since) < abandonedMs) throw new Unavailable('idempotency');

    const taken = await unlessTaken(this.bucket.update(prefix + name, record, known.revision));
    if (taken === undefined) throw new Unavailable('idempotency');
    return { kind: 'reserved', revision: taken, content };
  }

  /** Keeps the first answer. */
  async answered(
    name: string,
    { revision, content }: Replay & { kind: 'reserved' },
    answer: unknown,
  ): Promise<void> {
    const record: ReplayRecord = {
      content,
      state: 'answered',
      since: instant(Date.now()),
      answer: answer ?? null,
    };
    await unlessTaken(this.bucket.update(prefix + name, record, revision));
  }

  /**
   * Lets the same call be tried again at once after one whose outcome is unknown; its content is still kept. Where the
   * bucket is down too, the call is taken to have died later on.
   */
  giveUp(name: string, { revision, content }: Replay & { kind: 'reserved' }): void {
    const record: ReplayRecord = { content, state: 'pending', since: instant(0), answer: null };
    this.bucket.update(prefix + name, record, revision).catch(() => undefined);
  }

  /** Frees the name after a refusal: nothing was changed, so another try may come. */
  async release(name: string, { revision }: Replay & { kind: 'reserved' }): Promise<void> {
    await unlessTaken(this.bucket.delete(prefix + name, revision));
  }
}

/** Undefined where another one was faster. */
const unlessTaken = async <T>(write: Promise<T>): Promise<T | undefined> => {
  try {
    return await write;
  } catch (error) {
    if (error instanceof WrongLastSequence) return undefined;
    throw error;
  }
};
