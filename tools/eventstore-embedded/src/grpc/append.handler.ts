import { randomUUID } from 'node:crypto';
import type { sendUnaryData, ServerReadableStream } from '@grpc/grpc-js';
import { AppendResp } from '@eventstore/db-client/generated/streams_pb';
import type { AppendReq } from '@eventstore/db-client/generated/streams_pb';
import { Empty } from '@eventstore/db-client/generated/shared_pb';
import { assertNever } from '@claw/kernel';
import type { EventLog } from '../log/event-log';
import { appendEvents } from '../log/operations';
import type { WriteOutcome, WriteTarget } from '../log/operations';
import type { ExpectedRevision } from '../rules/check-append';
import { deadlineExceeded, invalidArgument, streamDeleted } from '../wire/service-errors';
import { failureStatus } from './failure-status';
import { ProposedEvents } from './proposed-events';
import { writeTarget } from './write-target';

const { Success, WrongExpectedVersion, Position } = AppendResp;

/** Serves appends that arrive as a stream of events, options first, and are answered once. */
export class AppendHandler {
  constructor(
    private readonly log: EventLog,
    private readonly maxBytes: number,
  ) {}

  async handle(
    call: ServerReadableStream<AppendReq, AppendResp>,
    answer: sendUnaryData<AppendResp>,
  ): Promise<void> {
    try {
      answer(null, await this.#append(call));
    } catch (error) {
      answer(failureStatus(error));
    }
  }

  async #append(call: ServerReadableStream<AppendReq, AppendResp>): Promise<AppendResp> {
    const events = new ProposedEvents(this.maxBytes);
    let target: WriteTarget | undefined;
    for await (const message of messagesOf(call)) {
      const event = message.getProposedMessage();
      if (target === undefined) target = writeTarget(message.getOptions());
      else if (event !== undefined) events.add(event);
    }
    if (target === undefined) throw invalidArgument('a write needs options');
    const { stream, expected } = target;
    const deadline = Number(call.getDeadline());
    const outcome = await this.log.perform((draft) =>
      call.cancelled || Date.now() > deadline
        ? undefined
        : appendEvents(draft, { stream, expected }, events.all, randomUUID),
    );
    if (outcome === undefined) throw deadlineExceeded();
    return responseOf(stream, outcome);
  }
}

const messagesOf = (call: ServerReadableStream<AppendReq, AppendResp>): AsyncIterable<AppendReq> => call;

const responseOf = (stream: string, outcome: WriteOutcome): AppendResp => {
  switch (outcome.outcome) {
    case 'written':
      return new AppendResp().setSuccess(success(outcome.last, outcome.position));
    case 'wrong_expected_version':
      return new AppendResp().setWrongExpectedVersion(conflict(outcome.expected, outcome.actual));
    case 'stream_deleted':
      throw streamDeleted(stream);
    default:
      return assertNever(outcome);
  }
};

const success = (last: number, position: number | undefined): AppendResp.Success => {
  const answer = new Success();
  if (last < 0) answer.setNoStream(new Empty());
  else answer.setCurrentRevision(String(last));
  if (position === undefined) return answer.setNoPosition(new Empty());
  return answer.setPosition(
    new Position().setCommitPosition(String(position)).setPreparePosition(String(position)),
  );
};

const conflict = (expected: ExpectedRevision, actual: number): AppendResp.WrongExpectedVersion => {
  const answer = new WrongExpectedVersion();
  if (actual < 0) answer.setCurrentNoStream(new Empty());
  else answer.setCurrentRevision(String(actual));
  switch (expected) {
    case 'any':
      return answer.setExpectedAny(new Empty());
    case 'no_stream':
      return answer.setExpectedNoStream(new Empty());
    case 'stream_exists':
      return answer.setExpectedStreamExists(new Empty());
    default:
      return answer.setExpectedRevision(String(expected));
  }
};
