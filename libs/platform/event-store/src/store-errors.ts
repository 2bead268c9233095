import {
  InvalidArgumentError,
  MaxAppendSizeExceededError,
  StreamDeletedError,
  WrongExpectedVersionError,
} from '@eventstore/db-client';
import { Unavailable } from '@claw/kernel';

/** What {@link Unavailable} calls the store. */
export const EVENT_STORE = 'event store';

/** The stream moved on since it was read. */
export class RevisionConflict extends Error {
  constructor(readonly streamId: string) {
    super(`${streamId} moved on`);
    this.name = 'RevisionConflict';
  }
}

/** Others kept changing the stream between read and append, more often than we try: nothing was written. */
export class TooManyConflicts extends Unavailable {
  constructor(
    readonly streamId: string,
    tries: number,
  ) {
    super(EVENT_STORE, false, { cause: new Error(`${streamId} moved on ${tries} times`) });
    this.name = 'TooManyConflicts';
  }
}

/**
 * The client's error as ours. What the caller did wrong stays as it is; all else is a fault of the store or of the
 * way to it, which passes: {@link Unavailable}.
 */
export const translateError = (error: unknown, streamId: string, outcomeUnknown: boolean): Error => {
  if (error instanceof WrongExpectedVersionError) return new RevisionConflict(streamId);
  if (
    error instanceof InvalidArgumentError ||
    error instanceof MaxAppendSizeExceededError ||
    error instanceof StreamDeletedError
  )
    return error;
  return error instanceof Unavailable
    ? error
    : new Unavailable(EVENT_STORE, outcomeUnknown, { cause: error });
};
