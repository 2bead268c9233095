import { LRUCache } from 'lru-cache';
import { lastPosition } from './tables';
import type { Tables } from './tables';

/** Events back to which a retry is known for one where its append expected no revision. */
const REMEMBERED = 50_000;

/**
 * Which revision the newest event ids got. EventStoreDB keeps this in memory, too, and promises no more of an append
 * that expects no revision; here it is filled from the log at the start, so that a crash doesn't shorten it.
 */
export class RecentIds {
  readonly #revisions = new LRUCache<string, number>({ max: REMEMBERED });

  static of(tables: Tables): RecentIds {
    const recent = new RecentIds();
    const last = lastPosition(tables);
    for (let position = Math.max(1, last - REMEMBERED + 1); position <= last; position += 1) {
      const [stream, , id, , revision] = tables.events.get(position) ?? [];
      if (stream !== undefined && id !== undefined && revision !== undefined)
        recent.add(keyOf(stream, id), revision);
    }
    return recent;
  }

  get(key: string): number | undefined {
    return this.#revisions.get(key);
  }

  add(key: string, revision: number): void {
    this.#revisions.set(key, revision);
  }
}

/** What an event is remembered by. */
export const keyOf = (stream: string, eventId: string): string => `${eventId}${stream}`;
