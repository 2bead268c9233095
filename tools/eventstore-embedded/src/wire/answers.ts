import { Empty, WrongExpectedVersion } from '@eventstore/db-client/generated/shared_pb';
import { AppendResp } from '@eventstore/db-client/generated/streams_pb';
import type { ExpectedRevision } from '../rules/check-append';

/** A place in the log, for every message that tells one: one number of ours is two of the wire's. */
export const placeOf = (position: number): AppendResp.Position =>
  new AppendResp.Position().setCommitPosition(String(position)).setPreparePosition(String(position));

/**
 * A success, for either way of appending: their messages have other names and the same fields. The revision is -1 and
 * the position 0 where there is none.
 */
export const success = (written: {
  readonly last: number;
  readonly position: number;
}): AppendResp.Success => {
  const answer = new AppendResp.Success();
  if (written.last < 0) answer.setNoStream(new Empty());
  else answer.setCurrentRevision(String(written.last));
  return written.position === 0
    ? answer.setNoPosition(new Empty())
    : answer.setPosition(placeOf(written.position));
};

/** What sets an expectation that is no revision, in either message of a conflict. */
const SETTERS = {
  any: 'setExpectedAny',
  no_stream: 'setExpectedNoStream',
  stream_exists: 'setExpectedStreamExists',
} as const;

/** A conflict, for an append that came as a stream; the actual revision is -1 where there is none. */
export const conflict = (expected: ExpectedRevision, actual: number): AppendResp.WrongExpectedVersion => {
  const answer = new AppendResp.WrongExpectedVersion();
  if (typeof expected === 'bigint') answer.setExpectedRevision(String(expected));
  else answer[SETTERS[expected]](new Empty());
  return actual < 0 ? answer.setCurrentNoStream(new Empty()) : answer.setCurrentRevision(String(actual));
};

/** A conflict, for an append in a batch. */
export const conflictInBatch = (expected: ExpectedRevision, actual: number): WrongExpectedVersion => {
  const answer = new WrongExpectedVersion();
  if (typeof expected === 'bigint') answer.setExpectedStreamPosition(String(expected));
  else answer[SETTERS[expected]](new Empty());
  return actual < 0
    ? answer.setCurrentNoStream(new Empty())
    : answer.setCurrentStreamRevision(String(actual));
};
