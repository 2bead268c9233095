import { keys, type RateClass } from '@claw/contracts';
import { type Clock, epochMs } from '@claw/kernel';
import type { BucketEntry } from '@claw/messaging';
import { LRUCache } from 'lru-cache';
import { RateAccount } from './rate-account';
import type { RateStore } from './rate.store';
import { blockOf, type RateWindow } from './rate-window';

export interface RateCount {
  readonly allowed: boolean;
  readonly remaining: number;
  readonly resetMs: number;
}

interface Call {
  readonly cost: number;
  readonly answer: (count: RateCount) => void;
}

/** One kind of call of one owner, as this replica counts it. */
interface Counter {
  readonly key: string;
  readonly account: RateAccount;
  /** As in force for the newest call. */
  limit: number;
  stored: BucketEntry<RateWindow> | undefined;
  /** Calls that wait for a grant; while there are any, whoever comes waits with them. */
  waiting: Call[];
  isRefilling: boolean;
}

/** More owners than call one replica in a minute; one that is pushed out loses what was granted and not spent. */
const mostCounters = 50_000;

/**
 * Calls a minute, over all replicas together: each takes blocks of what remains, so that most calls wait for nobody
 * and never more than the limit are let through. Where the store is out, each replica counts by itself.
 */
export class RateCounters {
  private readonly counters = new LRUCache<string, Counter>({ max: mostCounters });

  constructor(
    private readonly store: RateStore,
    private readonly clock: Clock,
  ) {}

  /** Counts `cost` against `limit` a minute; what is refused is not counted. */
  async count(rate: RateClass, owner: string, cost: number, limit: number): Promise<RateCount> {
    const counter = this.counterOf(keys.rate(rate, owner));
    counter.limit = limit;
    const count = counter.isRefilling ? undefined : this.tryTake(counter, cost);
    if (count !== undefined) return count;
    return new Promise((answer) => {
      counter.waiting.push({ cost, answer });
      if (!counter.isRefilling) void this.refill(counter);
    });
  }

  /** The count, or undefined where a grant has to come first. */
  private tryTake({ account, limit }: Counter, cost: number): RateCount | undefined {
    const nowMs = epochMs(this.clock.now());
    const verdict = account.take(cost, limit, nowMs);
    if (verdict === 'refill') return undefined;
    return {
      allowed: verdict === 'allowed',
      remaining: account.remaining(limit),
      resetMs: account.resetMs(nowMs),
    };
  }

  private async refill(counter: Counter): Promise<void> {
    counter.isRefilling = true;
    while (counter.waiting.length > 0) {
      await this.takeGrant(counter);
      const calls = counter.waiting;
      counter.waiting = [];
      for (const call of calls) {
        const count = this.tryTake(counter, call.cost);
        if (count === undefined) counter.waiting.push(call);
        else call.answer(count);
      }
    }
    counter.isRefilling = false;
  }

  /** Never throws: a replica that can't ask counts by itself, and then takes no more than what waits. */
  private async takeGrant(counter: Counter): Promise<void> {
    const { key, account, limit } = counter;
    const costs = counter.waiting.map(({ cost }) => cost);
    const taken = await this.store.take(key, counter.stored, (window) =>
      account.wish(window, { costs, limit, block: blockOf }),
    );
    if (taken === undefined) {
      const window = account.windowAt(epochMs(this.clock.now()));
      account.adopt(account.wish(window, { costs, limit, block: () => 0 }));
    } else {
      counter.stored = taken.stored;
      account.adopt(taken.grant);
    }
  }

  private counterOf(key: string): Counter {
    const known = this.counters.get(key);
    if (known !== undefined) return known;
    const made: Counter = {
      key,
      account: new RateAccount(),
      limit: 0,
      stored: undefined,
      waiting: [],
      isRefilling: false,
    };
    this.counters.set(key, made);
    return made;
  }
}
