import { assertNever } from '@claw/kernel';
import { checkAppend } from '../rules/check-append';
import type { ExpectedRevision, StreamHead } from '../rules/check-append';
import { DELETED_METADATA, revived } from '../rules/retention';
import { describedBy, isMetastream, METADATA_TYPE, metastreamOf } from '../rules/system-streams';
import { recordedEventIn } from '../wire/recorded-event';
import type { ProposedEvent } from '../wire/recorded-event';
import type { Draft } from './draft';

/** A wish to write to one stream, and how far along it is expected to be. */
export interface WriteTarget {
  readonly stream: string;
  readonly expected: ExpectedRevision;
}

export interface Written {
  readonly outcome: 'written';
  /** The newest event's revision; -1 where there is none. */
  readonly last: number;
  /** Where the last event that was written stands in the log; 0 where none was. */
  readonly position: number;
}

export type WriteOutcome =
  | Written
  /** `actual` is the newest event's revision; -1 where there is none. */
  | { readonly outcome: 'wrong_expected_version'; readonly actual: number }
  | { readonly outcome: 'stream_deleted' };

/** Appends the events, or finds that they were appended before, or refuses. A deleted stream starts anew. */
export const appendEvents = (
  draft: Draft,
  target: WriteTarget,
  events: readonly ProposedEvent[],
  newId: () => string,
): WriteOutcome => {
  const { stream } = target;
  const ids = events.map((event) => event.id);
  return writeWhereExpected(draft, target, ids, (head) => {
    if (events.length === 0) return { outcome: 'written', last: head.last, position: 0 };
    const described = isMetastream(stream) ? draft.head(describedBy(stream)) : undefined;
    const position = draft.append(stream, events);
    if (head.softDeleted) revive(draft, stream, head.last + 1, newId());
    if (described?.softDeleted) revive(draft, describedBy(stream), described.last + 1, newId());
    return { outcome: 'written', last: head.last + events.length, position };
  });
};

/** Deletes the stream softly: reads find nothing, and its next event gets the next revision. There has to be one. */
export const deleteStream = (draft: Draft, target: WriteTarget, eventId: string): WriteOutcome =>
  writeWhereExpected(draft, target, [eventId], ({ last, hasMetadata }) =>
    last < 0 && !hasMetadata
      ? { outcome: 'wrong_expected_version', actual: last }
      : { outcome: 'written', last, position: describe(draft, target.stream, DELETED_METADATA, eventId) },
  );

/** Ends the stream for good: nothing can be read from it or appended to it any more. */
export const tombstoneStream = (draft: Draft, target: WriteTarget, eventId: string): WriteOutcome =>
  writeWhereExpected(draft, target, [eventId], ({ last }) => ({
    outcome: 'written',
    last,
    position: draft.tombstone(target.stream, eventId),
  }));

/** What `write` answers where events with these ids may be written now. */
const writeWhereExpected = (
  draft: Draft,
  { stream, expected }: WriteTarget,
  eventIds: readonly string[],
  write: (head: StreamHead) => WriteOutcome,
): WriteOutcome => {
  const head = draft.head(stream);
  const verdict = checkAppend(head, expected, eventIds, {
    revisionOf: (id) => draft.eventWithId(stream, id)?.revision,
    eventIdAt: (revision) => draft.eventOf(stream, revision)?.id,
  });
  switch (verdict.outcome) {
    case 'append':
      return write(head);
    case 'repeated': {
      const { last } = verdict;
      return { outcome: 'written', last, position: draft.eventOf(stream, last)?.position ?? 0 };
    }
    case 'wrong_expected_version':
      return { outcome: verdict.outcome, actual: head.last };
    case 'stream_deleted':
      return verdict;
    default:
      return assertNever(verdict);
  }
};

/** Lets a deleted stream be read from `revision` on. */
const revive = (draft: Draft, stream: string, revision: number, eventId: string): void => {
  const metastream = metastreamOf(stream);
  const newest = draft.eventOf(metastream, draft.head(metastream).last);
  if (newest === undefined) return;
  describe(draft, stream, revived(recordedEventIn(newest.response).getData_asU8(), revision), eventId);
};

const describe = (draft: Draft, stream: string, metadata: Uint8Array, eventId: string): number =>
  draft.append(metastreamOf(stream), [
    {
      id: eventId,
      type: METADATA_TYPE,
      contentType: 'application/json',
      data: metadata,
      metadata: new Uint8Array(),
    },
  ]);
