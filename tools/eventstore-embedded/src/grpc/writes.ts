import type { ServerReadableStream, ServerUnaryCall } from '@grpc/grpc-js';
import * as streams from '@eventstore/db-client/generated/streams_pb';
import type { Draft, WriteOutcome, WriteTarget, Written } from '../log/draft';
import type { EventLog } from '../log/event-log';
import { ALL_STREAM, isMetastream, nameFault } from '../rules/system-streams';
import { conflict, placeOf, success } from '../wire/answers';
import { ProposedEvents } from '../wire/events';
import { streamNameOf } from '../wire/identifiers';
import {
  accessDenied,
  deadlineExceeded,
  invalidArgument,
  streamDeleted,
  wrongExpectedVersion,
} from '../wire/service-errors';

type AppendCall = ServerReadableStream<streams.AppendReq, streams.AppendResp>;
type DeleteCall = ServerUnaryCall<streams.DeleteReq, streams.DeleteResp>;
type TombstoneCall = ServerUnaryCall<streams.TombstoneReq, streams.TombstoneResp>;
type SingleOptions = streams.AppendReq.Options | streams.DeleteReq.Options | streams.TombstoneReq.Options;
type WriteOptions = SingleOptions | streams.BatchAppendReq.Options;

/** Appends what arrives as a stream, options first. That something else was expected is an answer like another. */
export const append = async (
  log: EventLog,
  maxBytes: number,
  call: AppendCall,
): Promise<streams.AppendResp> => {
  const messages: AsyncIterable<streams.AppendReq> = call;
  const events = new ProposedEvents(maxBytes);
  let target: WriteTarget | undefined;
  for await (const message of messages) {
    const event = message.getProposedMessage();
    if (target === undefined) target = writeTarget(message.getOptions());
    else if (event !== undefined) events.add(event);
  }
  const to = target ?? writeTarget(undefined);
  const outcome = await carryOut(log, lateness(call), (draft) => draft.append(to, events.all));
  return outcome.outcome === 'wrong_expected_version'
    ? new streams.AppendResp().setWrongExpectedVersion(conflict(to.expected, outcome.actual))
    : new streams.AppendResp().setSuccess(success(written(to, outcome)));
};

export const softDelete = async (log: EventLog, call: DeleteCall): Promise<streams.DeleteResp> => {
  const { position } = await end(log, call, (draft, target) => draft.delete(target));
  return new streams.DeleteResp().setPosition(placeOf(position));
};

export const tombstone = async (log: EventLog, call: TombstoneCall): Promise<streams.TombstoneResp> => {
  const { position } = await end(log, call, (draft, target) => draft.tombstone(target));
  return new streams.TombstoneResp().setPosition(placeOf(position));
};

const end = async (
  log: EventLog,
  call: DeleteCall | TombstoneCall,
  write: (draft: Draft, target: WriteTarget) => WriteOutcome,
): Promise<Written> => {
  const target = writeTarget(call.request.getOptions());
  if (isMetastream(target.stream)) throw accessDenied(target.stream);
  return written(target, await carryOut(log, lateness(call), (draft) => write(draft, target)));
};

/** Whether nobody waits for the answer any more. */
const lateness = (call: AppendCall | DeleteCall | TombstoneCall) => (): boolean =>
  call.cancelled || Date.now() > Number(call.getDeadline());

/** What is to be written to. Throws a ServiceError for a stream that can't be written to. */
export const writeTarget = (options: WriteOptions | undefined): WriteTarget => {
  if (options === undefined) throw invalidArgument('a write needs options');
  const stream = streamNameOf(options.getStreamIdentifier());
  const fault = nameFault(stream);
  if (fault !== undefined) throw invalidArgument(fault);
  if (stream === ALL_STREAM) throw accessDenied(stream);
  const revision = expectedRevision(options);
  if (revision !== undefined) return { stream, expected: BigInt(revision) };
  if (options.hasNoStream()) return { stream, expected: 'no_stream' };
  return { stream, expected: options.hasStreamExists() ? 'stream_exists' : 'any' };
};

const expectedRevision = (options: WriteOptions): string | undefined => {
  if ('hasRevision' in options) return options.hasRevision() ? options.getRevision() : undefined;
  return options.hasStreamPosition() ? options.getStreamPosition() : undefined;
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
  if (outcome.outcome === 'written') return outcome;
  if (outcome.outcome === 'stream_deleted') throw streamDeleted(stream);
  throw wrongExpectedVersion(stream, expected, outcome.actual);
};
