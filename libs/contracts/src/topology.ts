import type { PhoneDigits } from './phone-number';

const minute = 60_000;
const day = 24 * 60 * minute;
/** How long a dead letter is kept. */
const letterAge = 90 * day;

/** A JetStream stream as the platform wants it; `@claw/messaging` makes it so. */
export interface StreamSpec {
  readonly name: string;
  readonly subjects: readonly string[];
  readonly discard: 'new' | 'old';
  readonly maxAgeMs?: number;
  readonly duplicateWindowMs?: number;
  readonly republish?: { readonly source: string; readonly destination: string };
}

/** A JetStream KV bucket; without `ttlMs` its values stay. */
export interface BucketSpec {
  readonly name: string;
  readonly ttlMs?: number;
}

/** OUTBOUND is split by chat, so that replicas can share the work while a chat stays in order. */
export const partitionCount = 64;

export const streams = {
  outbound: {
    name: 'OUTBOUND',
    subjects: ['outbound.>'],
    discard: 'new',
    maxAgeMs: 45 * day,
    duplicateWindowMs: 2 * minute,
  },
  /** The carrier retries a webhook for 25 minutes: the window outlasts that. */
  inbound: {
    name: 'INBOUND',
    subjects: ['inbound.>'],
    discard: 'new',
    maxAgeMs: 7 * day,
    duplicateWindowMs: 60 * minute,
  },
  feed: {
    name: 'FEED',
    subjects: ['feed.>'],
    discard: 'old',
    maxAgeMs: 7 * day,
    duplicateWindowMs: 60 * minute,
    republish: { source: 'feed.>', destination: 'live.>' },
  },
  eventsTenancy: { name: 'EVENTS_TENANCY', subjects: ['events.tenancy.>'], discard: 'new' },
  eventsRouting: { name: 'EVENTS_ROUTING', subjects: ['events.routing.>'], discard: 'new' },
  eventsBilling: { name: 'EVENTS_BILLING', subjects: ['events.billing.>'], discard: 'new' },
  dead: { name: 'DEAD', subjects: ['dead.>'], discard: 'old', maxAgeMs: letterAge },
  /**
   * Dead letters put back, each for the one consumer that gave up on it. A replay is known again for as long as its
   * letter can still be there.
   */
  replay: {
    name: 'REPLAY',
    subjects: ['replay.>'],
    discard: 'new',
    maxAgeMs: letterAge,
    duplicateWindowMs: letterAge,
  },
} as const satisfies Record<string, StreamSpec>;

export const buckets = {
  /** Keys, subaccounts, agencies and sending numbers: see access-entry.ts. Written by tenancy. */
  access: { name: 'access' },
  /** Phone digits → the subaccount that holds them. Written by routing. */
  routes: { name: 'routes' },
  /** Sending digits and customer digits → opted out. Written by routing. */
  optouts: { name: 'optouts' },
  /** Chat id → its subaccount, people and carrier chat. Written by routing and gateway. */
  chats: { name: 'chats' },
  /** Subaccount → what it has used of its monthly limit. Written by gateway. */
  quota: { name: 'quota' },
  idempotency: { name: 'idempotency', ttlMs: day },
  /** A minute's calls of a key or an agency, as granted to the replicas of api. Written by api. */
  rates: { name: 'rates', ttlMs: 5 * minute },
  leases: { name: 'leases', ttlMs: 5_000 },
  /** How far each projection has followed the log, and each sending number's lists at the carrier were read. */
  checkpoints: { name: 'checkpoints' },
} as const satisfies Record<string, BucketSpec>;

/**
 * Which partition of OUTBOUND a chat's messages (and a message's reactions) go to: FNV-1a of its id, so that every
 * gateway says the same.
 */
export const partitionOf = (chatId: string): number => {
  let hash = 0x811c9dc5;
  for (let index = 0; index < chatId.length; index += 1) {
    hash = Math.imul(hash ^ chatId.charCodeAt(index), 0x01000193);
  }
  return (hash >>> 0) % partitionCount;
};

/** Stands in OUTBOUND's subjects where a subaccount would. */
export const automaticSender = 'automatic';

export type EventContext = 'tenancy' | 'routing' | 'billing';

/** Every subject, spelled once. */
export const subjects = {
  outbound: (chatId: string, subaccountId: string) => subjects.outboundIn(partitionOf(chatId), subaccountId),
  outboundIn: (partition: number, subaccountId: string) => `outbound.${partition}.${subaccountId}`,
  /** Answers to STOP, START and HELP: no subaccount's. */
  outboundAutomatic: (chatId: string) => `outbound.${partitionOf(chatId)}.${automaticSender}`,
  outboundPartition: (partition: number) => `outbound.${partition}.*`,
  outboundOf: (subaccountId: string) => `outbound.*.${subaccountId}`,
  inbound: (sending: PhoneDigits | 'none') => `inbound.${sending}`,
  feed: (subaccountId: string) => `feed.${subaccountId}`,
  /**
   * What an agent hears at once, all by one subscription a socket: entries of its feed, as the stream republishes them
   * with their `Nats-Sequence`, and signals, which are kept nowhere and have none (see live-signal.ts).
   */
  live: (subaccountId: string) => `live.${subaccountId}`,
  event: (context: EventContext, aggregateId: string, name: string, version: number) =>
    `events.${context}.${aggregateId}.${name}.v${version}`,
  eventNamed: (context: EventContext, name: string, version: number) =>
    `events.${context}.*.${name}.v${version}`,
  dead: (stream: string) => `dead.${stream}`,
  /** What is put back for one consumer of a stream, and nobody else. */
  replay: (stream: string, consumer: string) => `replay.${stream}.${consumer}`,
  /** What is asked of the routing process that owns a partition of OUTBOUND. */
  partitionOwner: (partition: number) => `routing.partition.${partition}`,
  /** What one gateway process asks of another, by that process's own name. */
  gatewayPeer: (gateway: string) => `gateway.peer.${gateway}`,
} as const;

const sendingNumberPrefix = 'number.';

/** Every bucket key that isn't a plain id, spelled once. */
export const keys = {
  apiKey: (hash: string) => `key.${hash}`,
  subaccount: (id: string) => `sub.${id}`,
  agency: (id: string) => `agency.${id}`,
  sendingNumber: (digits: PhoneDigits) => sendingNumberPrefix + digits,
  /** The other way round. */
  sendingDigits: (sendingNumberKey: string) =>
    sendingNumberKey.slice(sendingNumberPrefix.length) as PhoneDigits,
  optout: (sending: PhoneDigits, customer: PhoneDigits) => `${sending}.${customer}`,
  /** In `rates`: which limit, and whose. */
  rate: (rate: string, owner: string) => `${rate}.${owner}`,
  /** In `checkpoints`: how far a context's projection has followed the log. */
  followed: (context: EventContext, projection: string) => `${context}.${projection}`,
  /** In `checkpoints`: up to when a sending number's lists at the carrier were read. */
  backfill: (sending: PhoneDigits) => `routing.backfill.${sending}`,
  /** In `leases`: that a gateway process lives. */
  gatewayLease: (gateway: string) => `gateway.${gateway}`,
  allSubaccounts: 'sub.*',
  allAgencies: 'agency.*',
  allSendingNumbers: `${sendingNumberPrefix}*`,
} as const;

/** Event-store stream names and their categories. */
export const eventStreams = {
  invitation: (id: string) => `invitation-${id}`,
  agency: (id: string) => `agency-${id}`,
  subaccount: (id: string) => `subaccount-${id}`,
  number: (digits: PhoneDigits) => `number-${digits}`,
  phone: (digits: PhoneDigits) => `phone-${digits}`,
  consent: (sending: PhoneDigits, customer: PhoneDigits) => `consent-${sending}-${customer}`,
  phonePrefix: 'phone-',
  consentPrefix: 'consent-',
  tenancyPrefixes: ['agency-', 'subaccount-', 'number-', 'invitation-'],
  routingPrefixes: ['phone-', 'consent-'],
  /** Each event of these becomes a public event under its own id: who sees its place in the log may wait for it. */
  publishedWholePrefixes: ['phone-'],
} as const;
