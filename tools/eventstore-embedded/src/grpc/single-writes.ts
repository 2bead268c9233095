import { randomUUID } from 'node:crypto';
import type { ServerReadableStream, ServerUnaryCall } from '@grpc/grpc-js';
import { Empty } from '@eventstore/db-client/generated/shared_pb';
import { AppendResp, DeleteResp, TombstoneResp } from '@eventstore/db-client/generated/streams_pb';
import type { AppendReq, DeleteReq, TombstoneReq } from '@eventstore/db-client/generated/streams_pb';
import type { EventLog } from '../log/event-log';
import { appendEvents, deleteStream, tombstoneStream } from '../log/operations';
import type { WriteTarget } from '../log/operations';
import { isMetastream } from '../rules/system-streams';
import { conflict, placed, success } from '../wire/append-answers';
import { accessDenied, invalidArgument } from '../wire/service-errors';
import { ProposedEvents } from './proposed-events';
import { carryOut, writeTarget, written } from './write';

const { Success, WrongExpectedVersion, Position } = AppendResp;

type AppendCall = ServerReadableStream<AppendReq, AppendResp>;
type DeleteCall = ServerUnaryCall<DeleteReq, DeleteResp>;
type TombstoneCall = ServerUnaryCall<TombstoneReq, TombstoneResp>;

/** Appends what arrives as a stream, options first. That something else was expected is an answer like another. */
export const append = async (log: EventLog, maxBytes: number, call: AppendCall): Promise<AppendResp> => {
  const messages: AsyncIterable<AppendReq> = call;
  const events = new ProposedEvents(maxBytes);
  let target: WriteTarget | undefined;
  for await (const message of messages) {
    const event = message.getProposedMessage();
    if (target === undefined) target = targetOf(message.getOptions());
    else if (event !== undefined) events.add(event);
  }
  const to = target ?? targetOf(undefined);
  const outcome = await carryOut(log, lateness(call), (draft) =>
    appendEvents(draft, to, events.all, randomUUID),
  );
  if (outcome.outcome === 'wrong_expected_version') {
    const answer = conflict(new WrongExpectedVersion(), new Empty(), to.expected, outcome.actual, {
      expected: (message, revision) => message.setExpectedRevision(revision),
      actual: (message, revision) => message.setCurrentRevision(revision),
    });
    return new AppendResp().setWrongExpectedVersion(answer);
  }
  const answer = success(new Success(), new Position(), new Empty(), written(to, outcome));
  return new AppendResp().setSuccess(answer);
};

export const softDelete = async (log: EventLog, call: DeleteCall): Promise<DeleteResp> => {
  const position = await end(log, call, deleteStream);
  return new DeleteResp().setPosition(placed(new DeleteResp.Position(), position));
};

export const tombstone = async (log: EventLog, call: TombstoneCall): Promise<TombstoneResp> => {
  const position = await end(log, call, tombstoneStream);
  return new TombstoneResp().setPosition(placed(new TombstoneResp.Position(), position));
};

const end = async (
  log: EventLog,
  call: DeleteCall | TombstoneCall,
  operation: typeof deleteStream,
): Promise<number> => {
  const target = targetOf(call.request.getOptions());
  if (isMetastream(target.stream)) throw accessDenied(target.stream);
  const outcome = await carryOut(log, lateness(call), (draft) => operation(draft, target, randomUUID()));
  return written(target, outcome).position;
};

type Options = AppendReq.Options | DeleteReq.Options | TombstoneReq.Options;

const targetOf = (options: Options | undefined): WriteTarget => {
  if (options === undefined) throw invalidArgument('a write needs options');
  return writeTarget(options, options.hasRevision() ? options.getRevision() : undefined);
};

/** Whether nobody waits for the answer any more. */
const lateness = (call: AppendCall | DeleteCall | TombstoneCall) => (): boolean =>
  call.cancelled || Date.now() > Number(call.getDeadline());
