import type { PhoneNumber } from '@claw/contracts';
import { LRUCache } from 'lru-cache';
import type { QuotaKeeper } from '../quota/quota-keeper';
import type { RecentSends } from './recent-sends';
import { type Addressee, groupAddressee, Recipient } from './recipient';
import { TokenBucket } from './token-bucket';

const mostWaiting = 1_000;
/** Groups whose state is kept; of another one it is worked out anew. */
const mostGroups = 1_000;

/**
 * One subaccount in this process's hands: the single place where its sends are counted, paced and put in order,
 * from sockets and REST alike.
 */
export class Desk {
  private readonly recipients = new Map<PhoneNumber, Recipient>();
  private readonly groups = new LRUCache<string, Addressee>({ max: mostGroups });
  private readonly rates = new Map<PhoneNumber, TokenBucket>();
  readonly rate: TokenBucket;
  lastUsedMs: number;
  private underWay = 0;
  private waiting = 0;
  private tail: Promise<void> | undefined;
  private quietListeners: (() => void)[] = [];
  private isClosed = false;

  constructor(
    readonly subaccountId: string,
    readonly agencyId: string,
    readonly quota: QuotaKeeper,
    readonly recentSends: RecentSends,
    burst: number,
    nowMs: number,
  ) {
    this.rate = new TokenBucket(burst, nowMs);
    this.lastUsedMs = nowMs;
  }

  /** The number's state; a number that was claimed anew starts anew. */
  recipient(number: PhoneNumber, claimRevision: number, burst: number, nowMs: number): Recipient {
    const known = this.recipients.get(number);
    if (known?.claimRevision === claimRevision) return known;
    const rate = this.rateOf(number, burst, nowMs);
    const recipient = new Recipient(this.subaccountId, number, claimRevision, rate);
    this.recipients.set(number, recipient);
    return recipient;
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
  rateOf(number: PhoneNumber, burst: number, nowMs: number): TokenBucket {
    const known = this.rates.get(number);
    if (known !== undefined) return known;
    const rate = new TokenBucket(burst, nowMs);
    this.rates.set(number, rate);
    return rate;
  }

  /** Nothing is accepted here any more: the subaccount is, or is about to be, another gateway's. */
  get closed(): boolean {
    return this.isClosed;
  }

  close(): void {
    this.isClosed = true;
  }

  /** Whether a send has to queue behind one that waits for something. */
  get isQueueing(): boolean {
    return this.tail !== undefined;
  }

  get isOverfull(): boolean {
    return this.waiting >= mostWaiting;
  }

  get isQuiet(): boolean {
    return this.underWay === 0;
  }

  begin(): void {
    this.underWay += 1;
  }

  end(): void {
    this.underWay -= 1;
    if (this.underWay > 0) return;
    const listeners = this.quietListeners;
    if (listeners.length === 0) return;
    this.quietListeners = [];
    for (const listener of listeners) listener();
  }

  /** Resolves when nothing is under way. Every message under way has a deadline of its own. */
  quiet(): Promise<void> {
    return this.isQuiet ? Promise.resolve() : new Promise((resolve) => this.quietListeners.push(resolve));
  }

  /** Runs work after all work given before, so that sends that wait keep their order. */
  inTurn<T>(work: () => Promise<T>): Promise<T> {
    this.waiting += 1;
    const run = this.tail === undefined ? work() : this.tail.then(work);
    const tail: Promise<void> = run
      .catch(() => undefined)
      .then(() => {
        this.waiting -= 1;
        if (this.tail === tail) this.tail = undefined;
      });
    this.tail = tail;
    return run;
  }
}
