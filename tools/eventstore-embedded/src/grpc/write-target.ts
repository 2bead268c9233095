import type { StreamIdentifier } from '@eventstore/db-client/generated/shared_pb';
import type { WriteTarget } from '../log/operations';
import type { ExpectedRevision } from '../rules/check-append';
import { ALL_STREAM, nameFault } from '../rules/system-streams';
import { streamNameOf } from '../wire/identifiers';
import { accessDenied, invalidArgument } from '../wire/service-errors';

/** Throws a ServiceError for a stream that can't be written to. */
export const writableStream = (identifier: StreamIdentifier | undefined): string => {
  const stream = streamNameOf(identifier);
  const fault = nameFault(stream);
  if (fault !== undefined) throw invalidArgument(fault);
  if (stream === ALL_STREAM) throw accessDenied(stream);
  return stream;
};

/** What writes have in common, besides a revision, to say what they expect. */
interface Expectation {
  hasNoStream(): boolean;
  hasStreamExists(): boolean;
}

/** `revision` is undefined where the options don't have one. */
export const expectedRevision = (revision: string | undefined, options: Expectation): ExpectedRevision => {
  if (revision !== undefined) return BigInt(revision);
  if (options.hasNoStream()) return 'no_stream';
  return options.hasStreamExists() ? 'stream_exists' : 'any';
};

interface WriteOptions extends Expectation {
  getStreamIdentifier(): StreamIdentifier | undefined;
  hasRevision(): boolean;
  getRevision(): string;
}

/** Throws a ServiceError for options that are missing, or a stream that can't be written to. */
export const writeTarget = (options: WriteOptions | undefined): WriteTarget => {
  if (options === undefined) throw invalidArgument('a write needs options');
  const revision = options.hasRevision() ? options.getRevision() : undefined;
  return {
    stream: writableStream(options.getStreamIdentifier()),
    expected: expectedRevision(revision, options),
  };
};
