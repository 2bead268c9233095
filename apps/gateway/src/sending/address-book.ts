import type { PhoneNumber } from '@claw/contracts';
import { LRUCache } from 'lru-cache';
import { type Addressee, groupAddressee, Recipient } from './recipient';
import { TokenBucket } from './token-bucket';

/** People that are kept without a look at who could go. */
const mostPeople = 1_000;
/** Groups whose state is kept; of another one it is worked out anew. */
const mostGroups = 1_000;
const secondsPerMinute = 60;

interface Person {
  readonly rate: TokenBucket;
  /** Undefined for one who was written to in groups only. */
  recipient: Recipient | undefined;
}

/**
 * Whom a subaccount writes to. Bounded: beyond a thousand people, those go whose rate is whole again, so that they
 * would start as they are; nobody's rate is ever forgotten while it holds something back.
 */
export class AddressBook {
  private readonly people = new Map<PhoneNumber, Person>();
  private pruneAt = mostPeople;
  /** Bounded by a size of one each: told a `max`, it would take the room of a thousand groups at once. */
  private readonly groups = new LRUCache<string, Addressee>({
    maxSize: mostGroups,
    sizeCalculation: () => 1,
  });

  constructor(private readonly subaccountId: string) {}

  /** How many people are kept. */
  get size(): number {
    return this.people.size;
  }

  /** The number's state; a number that was claimed anew starts anew. */
  recipient(number: PhoneNumber, claimRevision: number, perMinute: number, nowMs: number): Recipient {
    const person = this.person(number, perMinute, nowMs);
    if (person.recipient?.claimRevision === claimRevision) return person.recipient;
    return (person.recipient = new Recipient(this.subaccountId, number, claimRevision, person.rate));
  }

  /** A group's state; one whose people have changed starts anew. */
  group(chatId: string, people: readonly PhoneNumber[]): Addressee {
    const known = this.groups.get(chatId);
    if (known !== undefined && known.to.join() === people.join()) return known;
    const group = groupAddressee(this.subaccountId, people, chatId);
    this.groups.set(chatId, group);
    return group;
  }

  /** What a number may be sent, alone and in groups together. */
  rateOf(number: PhoneNumber, perMinute: number, nowMs: number): TokenBucket {
    return this.person(number, perMinute, nowMs).rate;
  }

  private person(number: PhoneNumber, perMinute: number, nowMs: number): Person {
    const known = this.people.get(number);
    if (known !== undefined) return known;
    if (this.people.size >= this.pruneAt) this.prune(perMinute, nowMs);
    const person = { rate: new TokenBucket(perMinute, nowMs), recipient: undefined };
    this.people.set(number, person);
    return person;
  }

  /** Rare enough to cost a newcomer next to nothing: not again before there are twice as many as are left. */
  private prune(perMinute: number, nowMs: number): void {
    for (const [number, { rate }] of this.people)
      if (rate.isWhole(perMinute / secondsPerMinute, perMinute, nowMs)) this.people.delete(number);
    this.pruneAt = Math.max(mostPeople, this.people.size * 2);
  }
}
