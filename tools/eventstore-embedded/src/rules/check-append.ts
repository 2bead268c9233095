/** The revision that a writer expects the stream's newest event to have. */
export type ExpectedRevision = bigint | 'any' | 'no_stream' | 'stream_exists';

/** A stream as the check sees it. */
export interface StreamHead {
  /** The newest event's revision; -1 where there is none. */
  readonly last: number;
  readonly tombstoned: boolean;
  readonly softDeleted: boolean;
  /** Whether it has events, or at least metadata. */
  readonly exists: boolean;
}

/** What the stream already holds, to tell a retry from a conflict. */
export interface StreamHistory {
  revisionOf(eventId: string): number | undefined;
  eventIdAt(revision: number): string | undefined;
}

/** Why events don't go into a stream. */
export type Refusal =
  /** `actual` is the newest event's revision; -1 where there is none. */
  | { readonly outcome: 'wrong_expected_version'; readonly actual: number }
  | { readonly outcome: 'stream_deleted' };

export type AppendVerdict =
  | { readonly outcome: 'append' }
  /** All of it was written before; `last` is the revision that its last event got then. */
  | { readonly outcome: 'repeated'; readonly last: number }
  | Refusal;

const APPEND: AppendVerdict = { outcome: 'append' };
const DELETED: Refusal = { outcome: 'stream_deleted' };
const wrong = ({ last }: StreamHead): Refusal => ({ outcome: 'wrong_expected_version', actual: last });

/** Whether events with these ids go into the stream, by EventStoreDB's rules of concurrency and idempotency. */
export const checkAppend = (
  head: StreamHead,
  expected: ExpectedRevision,
  eventIds: readonly string[],
  history: StreamHistory,
): AppendVerdict => {
  if (head.tombstoned) return DELETED;
  if (expected === 'any') return checkAnywhere(head, eventIds, history);
  if (expected === 'stream_exists') {
    if (head.softDeleted) return DELETED;
    if (!head.exists) return wrong(head);
    return checkAnywhere(head, eventIds, history);
  }
  const revision = expected === 'no_stream' ? -1n : expected;
  if (revision > head.last) return wrong(head);
  if (revision === BigInt(head.last)) return APPEND;
  return checkAt(Number(revision) + 1, head, eventIds, history);
};

/** Without an expected revision a retry is known by its ids alone: the first decides, the others have to agree. */
const checkAnywhere = (
  head: StreamHead,
  eventIds: readonly string[],
  history: StreamHistory,
): AppendVerdict => {
  const revisions = eventIds.map((id) => history.revisionOf(id));
  if (revisions[0] === undefined) return APPEND;
  const last = revisions.at(-1);
  return last === undefined || revisions.includes(undefined) ? wrong(head) : { outcome: 'repeated', last };
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
  return known === 0 && first === 0 && head.softDeleted ? APPEND : wrong(head);
};
