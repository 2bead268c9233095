import { backoffMs, Unavailable } from '@claw/kernel';
import { NatsError, type StoredMsg } from 'nats';
import type { z } from 'zod';
import { faultOf, WrongLastSequence } from '../connection/faults';
import type { NatsLink } from '../connection/nats-link';
import { pause } from '../pause';
import { JetStreamPublisher } from '../publish/jetstream-publisher';
import { type BucketEntry, decodeEntry, type Revised, revisionOf } from './bucket-entry';
import { scanBucket } from './bucket-watch';

const casTries = 50;
const noMessageFound = 10037;
/** Marks a key's last message as its removal, as every KV client understands it. */
const operationHeader = 'KV-Operation';
const nothing = new Uint8Array();
/** What the server takes as a key; a pattern isn't one, so that nobody reads another's value by asking for `*`. */
const validKey = /^[-/=\w]+(?:\.[-/=\w]+)*$/;

/**
 * A JetStream KV bucket (or those of its keys that one schema describes). Everything throws `Unavailable` while
 * NATS can't do it; reads come from the bucket's leader and see every write that was answered before.
 */
export class KvBucket<T> {
  private readonly publisher: JetStreamPublisher;

  constructor(
    readonly nats: NatsLink,
    readonly name: string,
    readonly schema: z.ZodType<T>,
    /** How long an answer is waited for; the link's own patience unless told. */
    private readonly timeoutMs?: number,
  ) {
    this.publisher = new JetStreamPublisher(nats, this.part);
  }

  /** The value, or undefined where there is none. Throws `UnreadableEntry` where the schema refuses it. */
  async get(key: string): Promise<BucketEntry<T> | undefined> {
    const stored = await this.stored(key);
    if (stored === undefined || isRemoval(stored)) return undefined;
    return { key, value: decodeEntry(this.schema, this.name, key, stored.data), revision: stored.seq };
  }

  /** Writes whatever is there: not for a key that others update by revision. Answers the new revision. */
  async put(key: string, value: T & object): Promise<number> {
    return this.write(key, value);
  }

  /** Writes where nothing is; throws {@link WrongLastSequence} where something is. Answers the new revision. */
  async create(key: string, value: T & object): Promise<number> {
    try {
      return await this.write(key, value, 0);
    } catch (error) {
      const removed = error instanceof WrongLastSequence ? await this.stored(key) : undefined;
      if (removed === undefined || !isRemoval(removed)) throw error;
      return this.write(key, value, removed.seq);
    }
  }

  /** Writes over the very revision; throws {@link WrongLastSequence} where it is another one by now. */
  async update(key: string, value: T & object, expectedRevision: number): Promise<number> {
    return this.write(key, value, expectedRevision);
  }

  /** Removes the key, or that very revision of it (else throws {@link WrongLastSequence}). */
  async delete(key: string, expectedRevision?: number): Promise<void> {
    await this.write(key, nothing, expectedRevision, { [operationHeader]: 'DEL' });
  }

  /**
   * Writes a projected value unless a newer one, or the same, is there: whoever writes last, the newer revision
   * stays. Answers whether it was written.
   */
  async putNewer<V extends T & Revised>(key: string, value: V): Promise<boolean> {
    for (let attempt = 1; attempt <= casTries; attempt += 1) {
      const stored = await this.get(key);
      if (stored !== undefined && revisionOf(stored.value) >= value.revision) return false;
      try {
        await (stored === undefined ? this.create(key, value) : this.update(key, value, stored.revision));
        return true;
      } catch (error) {
        if (!(error instanceof WrongLastSequence)) throw error;
        await pause(backoffMs(attempt, 2, 100));
      }
    }
    throw new Unavailable(this.part);
  }

  /** The keys there are, of those that match the pattern (`sub.*`). */
  async keys(filter = '>', deadlineMs = 60_000): Promise<string[]> {
    const keys = new Set<string>();
    await scanBucket(this.nats, { bucket: this.name, filter, headersOnly: true, deadlineMs }, (entry) => {
      if (entry.deleted) keys.delete(entry.key);
      else keys.add(entry.key);
    });
    return [...keys];
  }

  private get part(): string {
    return `bucket ${this.name}`;
  }

  /** Asked of the stream's leader, where nats.js's own `get` takes a bucket that isn't there for an empty one. */
  private async stored(key: string): Promise<StoredMsg | undefined> {
    const manager = await this.nats.manager(this.timeoutMs);
    try {
      return await manager.streams.getMessage(`KV_${this.name}`, { last_by_subj: this.subjectOf(key) });
    } catch (error) {
      if (error instanceof NatsError && error.api_error?.err_code === noMessageFound) return undefined;
      throw faultOf(this.part, error);
    }
  }

  private async write(
    key: string,
    payload: Uint8Array | object,
    expectLastSubjectSequence?: number,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<number> {
    const { seq } = await this.publisher.publish(this.subjectOf(key), payload, {
      headers,
      ...(expectLastSubjectSequence !== undefined && { expectLastSubjectSequence }),
      ...(this.timeoutMs !== undefined && { timeoutMs: this.timeoutMs }),
    });
    return seq;
  }

  private subjectOf(key: string): string {
    if (!validKey.test(key)) throw new Error(`${JSON.stringify(key)} is no key`);
    return `$KV.${this.name}.${key}`;
  }
}

const isRemoval = ({ header }: StoredMsg): boolean => header.has(operationHeader);
