/** The revision that a writer expects the stream's newest event to have. */
export type ExpectedRevision = bigint | 'any' | 'no_stream' | 'stream_exists';

/** A stream as the check sees it. */
export interface StreamHead {
  /** The newest event's revision; -1 where there is none. */
  readonly last: number;
  readonly tombstoned: boolean;
  readonly softDeleted: boolean;
  readonly hasMetadata: boolean;
}

/** What the stream already holds, to tell a retry from a conflict. */
export interface StreamHistory {
  revisionOf(eventId: string): number | undefined;
  eventIdAt(revision: number): string | undefined;
}

export type AppendVerdict =
  | { readonly outcome: 'append' }
  /** All of it was written before; `last` is the revision that its last event got then. */
  | { readonly outcome: 'repeated'; readonly last: number }
  | { readonly outcome: 'wrong_expected_version' }
  | { readonly outcome: 'stream_deleted' };

const APPEND: AppendVerdict = { outcome: 'append' };
const WRONG: AppendVerdict = { outcome: 'wrong_expected_version' };
const DELETED: AppendVerdict = { outcome: 'stream_deleted' };

/** Whether events with these ids go into the stream, by EventStoreDB's rules of concurrency and idempotency. */
export const checkAppend = (
  head: StreamHead,
  expected: ExpectedRevision,
  eventIds: readonly string[],
  history: StreamHistory,
): AppendVerdict => {
  if (head.tombstoned) return DELETED;
  if (expected === 'any') return checkAnywhere(eventIds, history);
  if (expected === 'stream_exists') {
    if (head.softDeleted) return DELETED;
    if (head.last < 0 && !head.hasMetadata) return WRONG;
    return checkAnywhere(eventIds, history);
  }
  const revision = expected === 'no_stream' ? -1n : expected;
  if (revision > head.last) return WRONG;
  if (revision === BigInt(head.last)) return APPEND;
  return checkAt(Number(revision) + 1, head, eventIds, history);
};

/** Without an expected revision a retry is known by its ids alone: the first decides, the others have to agree. */
const checkAnywhere = (eventIds: readonly string[], history: StreamHistory): AppendVerdict => {
  const revisions = eventIds.map((id) => history.revisionOf(id));
  if (revisions[0] === undefined) return APPEND;
  const last = revisions.at(-1);
  return last === undefined || revisions.includes(undefined) ? WRONG : { outcome: 'repeated', last };
};

/** With an expected revision a retry is known by finding the same ids from `first` on. */
const checkAt = (
  first: number,
  head: StreamHead,
  eventIds: readonly string[],
  history: StreamHistory,
): AppendVerdict => {
  const known = eventIds.findIndex((id, offset) => history.eventIdAt(first + offset) !== id);
  if (known === -1 && eventIds.length > 0) return { outcome: 'repeated', last: first + eventIds.length - 1 };
  return known === 0 && first === 0 && head.softDeleted ? APPEND : WRONG;
};
