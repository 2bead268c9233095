import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';

/**
 * Events whose projections this very process has written and seen accepted: following the log it need not write them
 * again. Forgetting one costs a needless write, nothing else.
 */
@Injectable()
export class SettledEvents {
  private readonly ids = new LRUCache<string, true>({ max: 10_000 });

  add(eventId: string): void {
    this.ids.set(eventId, true);
  }

  has(eventId: string): boolean {
    return this.ids.has(eventId);
  }
}
