import type { StreamIdentifier } from '@eventstore/db-client/generated/shared_pb';
import { assertNever } from '@claw/kernel';
import type { Draft } from '../log/draft';
import type { EventLog } from '../log/event-log';
import type { WriteOutcome, WriteTarget, Written } from '../log/operations';
import { ALL_STREAM, nameFault } from '../rules/system-streams';
import { streamNameOf } from '../wire/identifiers';
import {
  accessDenied,
  deadlineExceeded,
  invalidArgument,
  streamDeleted,
  wrongExpectedVersion,
} from '../wire/service-errors';

/** What the options of all writes have in common. */
interface WriteOptions {
  getStreamIdentifier(): StreamIdentifier | undefined;
  hasNoStream(): boolean;
  hasStreamExists(): boolean;
}

/**
 * What is to be written to; `revision` is undefined where none is expected. Throws a ServiceError for a stream that
 * can't be written to.
 */
export const writeTarget = (options: WriteOptions, revision: string | undefined): WriteTarget => {
  const stream = streamNameOf(options.getStreamIdentifier());
  const fault = nameFault(stream);
  if (fault !== undefined) throw invalidArgument(fault);
  if (stream === ALL_STREAM) throw accessDenied(stream);
  if (revision !== undefined) return { stream, expected: BigInt(revision) };
  if (options.hasNoStream()) return { stream, expected: 'no_stream' };
  return { stream, expected: options.hasStreamExists() ? 'stream_exists' : 'any' };
};

/** What `write` answers when it is its turn. Throws a ServiceError, and writes nothing, where it is late by then. */
export const carryOut = async (
  log: EventLog,
  isLate: () => boolean,
  write: (draft: Draft) => WriteOutcome,
): Promise<WriteOutcome> => {
  const outcome = await log.perform((draft) => (isLate() ? undefined : write(draft)));
  if (outcome === undefined) throw deadlineExceeded();
  return outcome;
};

/** Throws a refusal as the ServiceError that it is to the client. */
export const written = ({ stream, expected }: WriteTarget, outcome: WriteOutcome): Written => {
  switch (outcome.outcome) {
    case 'written':
      return outcome;
    case 'wrong_expected_version':
      throw wrongExpectedVersion(stream, expected, outcome.actual);
    case 'stream_deleted':
      throw streamDeleted(stream);
    default:
      return assertNever(outcome);
  }
};
