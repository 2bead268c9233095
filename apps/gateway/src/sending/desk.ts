import type { PhoneNumber } from '@claw/contracts';
import type { QuotaKeeper } from '../quota/quota-keeper';
import { AddressBook } from './address-book';
import type { RecentSends } from './recent-sends';
import type { Addressee, Recipient } from './recipient';
import { TokenBucket } from './token-bucket';

const mostWaiting = 1_000;

/**
 * One subaccount in this process's hands: the single place where its sends are counted, paced and put in order,
 * from sockets and REST alike.
 */
export class Desk {
  readonly rate: TokenBucket;
  lastUsedMs: number;
  /** Made with the first send: most subaccounts with a socket are idle. */
  private addressBook: AddressBook | undefined;
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

  recipient(number: PhoneNumber, claimRevision: number, perMinute: number, nowMs: number): Recipient {
    return this.addresses.recipient(number, claimRevision, perMinute, nowMs);
  }

  group(chatId: string, people: readonly PhoneNumber[]): Addressee {
    return this.addresses.group(chatId, people);
  }

  rateOf(number: PhoneNumber, perMinute: number, nowMs: number): TokenBucket {
    return this.addresses.rateOf(number, perMinute, nowMs);
  }

  private get addresses(): AddressBook {
    return (this.addressBook ??= new AddressBook(this.subaccountId));
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
