import { randomInt } from 'node:crypto';
import {
  type AgencyEntry,
  agencyEntrySchema,
  buckets,
  type FeedEntry,
  gatewayCalls,
  hashApiKey,
  keyEntrySchema,
  keys,
  optoutEntrySchema,
  type LiveSignal,
  type OutboundEntry,
  outboundEntrySchema,
  type OutboundMessage,
  type PhoneDigits,
  type PhoneNumber,
  routeEntrySchema,
  routingCalls,
  type SendResult,
  streams,
  type SubaccountEntry,
  subaccountEntrySchema,
  subjects,
} from '@claw/contracts';
import { instant, newId } from '@claw/kernel';
import {
  connectNats,
  ensureTopology,
  JetStreamPublisher,
  KvBucket,
  type NatsLink,
  readRange,
  ServiceClient,
} from '@claw/messaging';
import { type QuotaRecord, quotaRecordSchema } from '../quota/quota-record';

export interface TestSubaccount {
  readonly subaccountId: string;
  readonly agencyId: string;
  readonly key: string;
}

const letters = (length: number): string =>
  Array.from({ length }, () => 'abcdefghijklmnopqrstuvwxyz'[randomInt(26)]).join('');

export const randomKey = (): string => `cm_live_${letters(8)}_${letters(32)}`;
export const randomNumber = (): PhoneNumber => `+1212${randomInt(2_000_000, 9_999_999)}` as PhoneNumber;
const digits = (number: string): PhoneDigits => number.slice(1) as PhoneDigits;

/** Plays tenancy, routing and api: writes what they would, and asks as they would. */
export class Platform {
  private readonly access = buckets.access.name;
  private revision = 0;

  private constructor(readonly nats: NatsLink) {}

  static async on(url: string): Promise<Platform> {
    const nats = connectNats({ url, name: 'test', timeoutMs: 3_000 });
    const topology = { streams: Object.values(streams), buckets: Object.values(buckets), replicas: 1 };
    await ensureTopology(nats, topology);
    return new Platform(nats);
  }

  close(): Promise<void> {
    return this.nats.close();
  }

  async agency(entry: Partial<AgencyEntry> = {}): Promise<{ agencyId: string; parentKey: string }> {
    const agencyId = newId();
    const parentKey = randomKey();
    await this.putAgency(agencyId, { keyHash: hashApiKey(parentKey), ...entry });
    await this.bucket(keyEntrySchema).put(keys.apiKey(hashApiKey(parentKey)), {
      kind: 'agency',
      agencyId,
      revoked: false,
      revision: 0,
    });
    return { agencyId, parentKey };
  }

  async putAgency(agencyId: string, entry: Partial<AgencyEntry>): Promise<void> {
    await this.bucket(agencyEntrySchema).put(keys.agency(agencyId), {
      status: 'active',
      suspensions: [],
      sendingNumber: '+12025550100' as PhoneNumber,
      keyHash: null,
      helpText: null,
      limits: {},
      revision: this.next(),
      ...entry,
    });
  }

  async subaccount(entry: Partial<SubaccountEntry> = {}, agencyId?: string): Promise<TestSubaccount> {
    const agency = agencyId ?? (await this.agency()).agencyId;
    const sub = { subaccountId: newId(), agencyId: agency, key: randomKey() };
    await this.putSubaccount(sub, entry);
    await this.putKey(sub, sub.key, false);
    return sub;
  }

  async putSubaccount(sub: TestSubaccount, entry: Partial<SubaccountEntry> = {}): Promise<void> {
    await this.bucket(subaccountEntrySchema).put(keys.subaccount(sub.subaccountId), {
      agencyId: sub.agencyId,
      status: 'active',
      messageLimit: 1_000,
      keyHash: hashApiKey(sub.key),
      revision: this.next(),
      ...entry,
    });
  }

  async putKey({ subaccountId, agencyId }: TestSubaccount, key: string, revoked: boolean): Promise<void> {
    await this.bucket(keyEntrySchema).put(keys.apiKey(hashApiKey(key)), {
      kind: 'subaccount',
      agencyId,
      subaccountId,
      revoked,
      revision: this.next(),
    });
  }

  /** Claims a number for a subaccount; a fresh one unless given. */
  async route(sub: TestSubaccount, number = randomNumber(), claimRevision = 0): Promise<PhoneNumber> {
    await this.putRoute(sub, number, claimRevision, false);
    return number;
  }

  async putRoute(
    sub: TestSubaccount,
    number: PhoneNumber,
    claimRevision: number,
    released: boolean,
  ): Promise<void> {
    await new KvBucket(this.nats, buckets.routes.name, routeEntrySchema).put(digits(number), {
      subaccountId: sub.subaccountId,
      agencyId: sub.agencyId,
      claimedAt: instant(Date.now()),
      claimRevision,
      released,
      revision: this.next(),
    });
  }

  async optOut(sending: string, number: PhoneNumber, optedOut = true): Promise<void> {
    await new KvBucket(this.nats, buckets.optouts.name, optoutEntrySchema).put(
      keys.optout(digits(sending), digits(number)),
      { optedOut, revision: this.next() },
    );
  }

  /** What routing hands to an agent; answers its sequence. */
  async feed(sub: TestSubaccount, text: string): Promise<number> {
    const entry: FeedEntry = {
      type: 'message',
      messageId: newId(),
      chatId: newId(),
      from: randomNumber(),
      text,
      parts: [{ type: 'text', value: text }],
      attachments: [],
      isGroup: false,
      service: 'iMessage',
      timestamp: instant(Date.now()),
    };
    const publisher = new JetStreamPublisher(this.nats);
    return (await publisher.publish(subjects.feed(sub.subaccountId), entry)).seq;
  }

  /** The messages that were accepted of a subaccount, in order. */
  async outbound(sub: TestSubaccount): Promise<OutboundMessage[]> {
    const entries = await this.entries(sub);
    return entries.flatMap((entry) => (entry.kind === 'message' ? [entry] : []));
  }

  /** All that lies in OUTBOUND of a subaccount, in order. */
  async entries(sub: TestSubaccount): Promise<OutboundEntry[]> {
    const range = {
      stream: streams.outbound.name,
      filter: subjects.outboundOf(sub.subaccountId),
      from: { seq: 1 },
    };
    const entries: OutboundEntry[] = [];
    for await (const stored of readRange(this.nats, range))
      entries.push(outboundEntrySchema.parse(stored.json()));
    return entries;
  }

  /** What routing says to whoever is connected. */
  signal({ subaccountId }: TestSubaccount, signal: LiveSignal): void {
    this.nats.now().connection.publish(subjects.live(subaccountId), JSON.stringify(signal));
  }

  /** Takes the signs of life that gateways pass on, as routing does; the answer has them. */
  async takeSignals(): Promise<{
    readonly taken: readonly Readonly<Record<string, unknown>>[];
    stop(): void;
  }> {
    const taken: Readonly<Record<string, unknown>>[] = [];
    const { connection } = this.nats.now();
    const subscription = connection.subscribe(routingCalls.signal.subject, {
      callback: (_error, message) => {
        const { id, data } = message.json<{ id: string; data: Record<string, unknown> }>();
        taken.push(data);
        message.respond(JSON.stringify({ id, response: { ok: true, value: { given: true } } }));
      },
    });
    // Who calls before the server knows of the subscription is told that nobody is there.
    await connection.flush();
    return { taken, stop: () => subscription.unsubscribe() };
  }

  quota({ subaccountId }: TestSubaccount) {
    return this.quotas.get(subaccountId);
  }

  /** Falsifies a record that nobody owns; undefined loses it. */
  async overwriteQuota(sub: TestSubaccount, change: Partial<QuotaRecord> | undefined): Promise<void> {
    const entry = await this.quota(sub);
    if (entry?.value.owner !== null) throw new Error('the record is owned');
    if (change === undefined) await this.quotas.delete(entry.key);
    else await this.quotas.put(entry.key, { ...entry.value, ...change });
  }

  /** A send as the API asks for it. */
  async restSend(sub: TestSubaccount, to: string, more: object = {}, value = 'hello'): Promise<SendResult> {
    const frame = {
      type: 'send' as const,
      id: newId(),
      parts: [{ type: 'text' as const, value }],
      to: [to as PhoneNumber],
      ...more,
    };
    const answer = await new ServiceClient(this.nats).call(
      gatewayCalls.send,
      { ...ids(sub), frame },
      { actor: { kind: 'subaccount', id: sub.subaccountId }, requestId: newId() },
      { timeoutMs: 10_000 },
    );
    if (!answer.ok) throw new Error(answer.error.detail);
    return answer.value;
  }

  async usage(sub: TestSubaccount) {
    const answer = await new ServiceClient(this.nats).call(gatewayCalls.usage, ids(sub), {
      actor: { kind: 'subaccount', id: sub.subaccountId },
      requestId: newId(),
    });
    if (!answer.ok) throw new Error(answer.error.detail);
    return answer.value;
  }

  async rebuildQuota() {
    const answer = await new ServiceClient(this.nats).call(
      gatewayCalls.rebuild,
      { projection: 'quota' },
      { actor: { kind: 'operator', id: 'test' }, requestId: newId() },
      { timeoutMs: 20_000 },
    );
    if (!answer.ok) throw new Error(answer.error.detail);
    return answer.value;
  }

  private get quotas() {
    return new KvBucket(this.nats, buckets.quota.name, quotaRecordSchema);
  }

  private next(): number {
    this.revision += 1;
    return this.revision;
  }

  private bucket<T>(schema: ConstructorParameters<typeof KvBucket<T>>[2]): KvBucket<T> {
    return new KvBucket<T>(this.nats, this.access, schema);
  }
}

const ids = ({ subaccountId, agencyId }: TestSubaccount) => ({ subaccountId, agencyId });
