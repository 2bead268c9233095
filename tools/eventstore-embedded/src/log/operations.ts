import { checkAppend } from '../rules/check-append';
import type { AppendVerdict, ExpectedRevision, StreamHistory } from '../rules/check-append';
import { DELETED_METADATA, revived } from '../rules/retention';
import { describedBy, isMetastream, METADATA_TYPE, metastreamOf } from '../rules/system-streams';
import { recordedEventIn } from '../wire/recorded-event';
import type { ProposedEvent } from '../wire/recorded-event';
import type { Draft } from './draft';

export type WriteOutcome =
  | {
      readonly outcome: 'written';
      /** The newest event's revision; -1 where there is none. */
      readonly last: number;
      /** Where the last event that was written stands in the log; undefined where none was. */
      readonly position: number | undefined;
    }
  | {
      readonly outcome: 'wrong_expected_version';
      readonly expected: ExpectedRevision;
      readonly actual: number;
    }
  | { readonly outcome: 'stream_deleted' };

/** A wish to write to one stream, and how far along it is expected to be. */
export interface WriteTarget {
  readonly stream: string;
  readonly expected: ExpectedRevision;
}

/** Appends the events, or finds that they were appended before, or refuses. A deleted stream starts anew. */
export const appendEvents = (
  draft: Draft,
  { stream, expected }: WriteTarget,
  events: readonly ProposedEvent[],
  newId: () => string,
): WriteOutcome => {
  const head = draft.head(stream);
  const ids = events.map((event) => event.id);
  const verdict = checkAppend(head, expected, ids, historyOf(draft, stream));
  if (verdict.outcome === 'repeated') {
    const { last } = verdict;
    return { outcome: 'written', last, position: draft.eventOf(stream, last)?.position };
  }
  if (verdict.outcome !== 'append') return refusal(verdict, expected, head.last);
  if (events.length === 0) return { outcome: 'written', last: head.last, position: undefined };

  const described = isMetastream(stream) ? draft.head(describedBy(stream)) : undefined;
  const position = draft.append(stream, events);
  if (head.softDeleted) revive(draft, stream, head.last + 1, newId());
  if (described?.softDeleted) revive(draft, describedBy(stream), described.last + 1, newId());
  return { outcome: 'written', last: head.last + events.length, position };
};

/** Deletes the stream softly: reads find nothing, and its next event gets the next revision. There has to be one. */
export const deleteStream = (
  draft: Draft,
  { stream, expected }: WriteTarget,
  eventId: string,
): WriteOutcome => {
  const head = draft.head(stream);
  const verdict = checkAppend(head, expected, [eventId], historyOf(draft, stream));
  if (verdict.outcome !== 'append') return refusal(verdict, expected, head.last);
  if (head.last < 0 && !head.hasMetadata) return { outcome: 'wrong_expected_version', expected, actual: -1 };
  const position = describe(draft, stream, DELETED_METADATA, eventId);
  return { outcome: 'written', last: head.last, position };
};

/** Ends the stream for good: nothing can be read from it or appended to it any more. */
export const tombstoneStream = (
  draft: Draft,
  { stream, expected }: WriteTarget,
  eventId: string,
): WriteOutcome => {
  const head = draft.head(stream);
  const verdict = checkAppend(head, expected, [eventId], historyOf(draft, stream));
  if (verdict.outcome !== 'append') return refusal(verdict, expected, head.last);
  return { outcome: 'written', last: head.last, position: draft.tombstone(stream, eventId) };
};

const historyOf = (draft: Draft, stream: string): StreamHistory => ({
  revisionOf: (eventId) => draft.eventWithId(stream, eventId)?.revision,
  eventIdAt: (revision) => draft.eventOf(stream, revision)?.id,
});

const refusal = (verdict: AppendVerdict, expected: ExpectedRevision, actual: number): WriteOutcome =>
  verdict.outcome === 'stream_deleted'
    ? { outcome: 'stream_deleted' }
    : { outcome: 'wrong_expected_version', expected, actual };

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
