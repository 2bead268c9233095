import type { ExpectedRevision } from '../rules/check-append';

interface PositionMessage {
  setCommitPosition(value: string): unknown;
  setPreparePosition(value: string): unknown;
}

/** The message with a position in it: one number of ours is two of the wire's. */
export const placed = <Message extends PositionMessage>(message: Message, position: number): Message => {
  message.setCommitPosition(String(position));
  message.setPreparePosition(String(position));
  return message;
};

/** What a success is told by, for either way of appending: alike but for the types. */
interface SuccessMessage<Position, Empty> {
  setCurrentRevision(value: string): unknown;
  setNoStream(value: Empty): unknown;
  setPosition(value: Position): unknown;
  setNoPosition(value: Empty): unknown;
}

/** Fills in a success with messages of the types that it takes; the revision is -1 and the position 0 where there is none. */
export const success = <
  Position extends PositionMessage,
  Empty,
  Message extends SuccessMessage<Position, Empty>,
>(
  message: Message,
  place: Position,
  empty: Empty,
  { last, position }: { readonly last: number; readonly position: number },
): Message => {
  if (last < 0) message.setNoStream(empty);
  else message.setCurrentRevision(String(last));
  if (position === 0) message.setNoPosition(empty);
  else message.setPosition(placed(place, position));
  return message;
};

/** What a conflict is told by, for either way of appending, but for the revisions: those have other names. */
interface ConflictMessage<Empty> {
  setCurrentNoStream(value: Empty): unknown;
  setExpectedAny(value: Empty): unknown;
  setExpectedNoStream(value: Empty): unknown;
  setExpectedStreamExists(value: Empty): unknown;
}

/** Fills in a conflict, and hands on those of the two that are revisions. */
export const conflict = <Empty, Message extends ConflictMessage<Empty>>(
  message: Message,
  empty: Empty,
  expected: ExpectedRevision,
  actual: number,
  revisions: {
    readonly expected: (message: Message, revision: string) => unknown;
    readonly actual: (message: Message, revision: string) => unknown;
  },
): Message => {
  if (actual < 0) message.setCurrentNoStream(empty);
  else revisions.actual(message, String(actual));
  if (expected === 'any') message.setExpectedAny(empty);
  else if (expected === 'no_stream') message.setExpectedNoStream(empty);
  else if (expected === 'stream_exists') message.setExpectedStreamExists(empty);
  else revisions.expected(message, String(expected));
  return message;
};
