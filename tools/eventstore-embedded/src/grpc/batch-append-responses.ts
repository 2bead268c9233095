import { status } from '@grpc/grpc-js';
import { Code } from '@eventstore/db-client/generated/code_pb';
import {
  AccessDenied,
  AllStreamPosition,
  BadRequest,
  MaximumAppendSizeExceeded,
  StreamDeleted,
  Timeout,
  Unknown,
  WrongExpectedVersion,
} from '@eventstore/db-client/generated/shared_pb';
import { Status } from '@eventstore/db-client/generated/status_pb';
import { BatchAppendResp } from '@eventstore/db-client/generated/streams_pb';
import { Any } from 'google-protobuf/google/protobuf/any_pb';
import { Empty } from 'google-protobuf/google/protobuf/empty_pb';
import { assertNever } from '@claw/kernel';
import type { WriteOutcome } from '../log/operations';
import type { ExpectedRevision } from '../rules/check-append';
import { streamIdentifier, uuid } from '../wire/identifiers';
import { ServiceError } from '../wire/service-errors';

/** The append that a response answers. */
interface Answered {
  readonly correlationId: string;
  readonly stream: string;
}

/** The answer to an append that was carried out. */
export const outcomeOf = (append: Answered, outcome: WriteOutcome): BatchAppendResp => {
  switch (outcome.outcome) {
    case 'written':
      return responseTo(append).setSuccess(success(outcome.last, outcome.position));
    case 'wrong_expected_version':
      return responseTo(append).setError(
        failure(Code.ALREADY_EXISTS, 'WrongExpectedVersion', conflict(outcome.expected, outcome.actual)),
      );
    case 'stream_deleted':
      return responseTo(append).setError(
        failure(
          Code.NOT_FOUND,
          'StreamDeleted',
          new StreamDeleted().setStreamIdentifier(streamIdentifier(append.stream)),
        ),
      );
    default:
      return assertNever(outcome);
  }
};

/** The answer to an append that wasn't carried out. */
export const failureOf = (append: Answered, error: unknown, maxBytes: number): BatchAppendResp =>
  responseTo(append).setError(errorStatus(error, maxBytes));

const errorStatus = (error: unknown, maxBytes: number): Status => {
  if (!(error instanceof ServiceError)) return failure(Code.UNKNOWN, 'Unknown', new Unknown());
  const { code, exception, message } = error;
  if (exception === 'access-denied')
    return failure(Code.PERMISSION_DENIED, 'AccessDenied', new AccessDenied());
  if (exception === 'maximum-append-size-exceeded') {
    const detail = new MaximumAppendSizeExceeded().setMaxappendsize(maxBytes);
    return failure(Code.INVALID_ARGUMENT, 'MaximumAppendSizeExceeded', detail);
  }
  if (code === status.DEADLINE_EXCEEDED) return failure(Code.DEADLINE_EXCEEDED, 'Timeout', new Timeout());
  return failure(Code.INVALID_ARGUMENT, 'BadRequest', new BadRequest().setMessage(message)).setMessage(
    message,
  );
};

const responseTo = ({ correlationId, stream }: Answered): BatchAppendResp =>
  new BatchAppendResp().setCorrelationId(uuid(correlationId)).setStreamIdentifier(streamIdentifier(stream));

const failure = (code: Code, type: string, detail: { serializeBinary(): Uint8Array }): Status => {
  const packed = new Any();
  packed.pack(detail.serializeBinary(), `event_store.client.${type}`);
  return new Status().setCode(code).setMessage(type).setDetails(packed);
};

const success = (last: number, position: number | undefined): BatchAppendResp.Success => {
  const answer = new BatchAppendResp.Success();
  if (last < 0) answer.setNoStream(new Empty());
  else answer.setCurrentRevision(String(last));
  if (position === undefined) return answer.setNoPosition(new Empty());
  return answer.setPosition(
    new AllStreamPosition().setCommitPosition(String(position)).setPreparePosition(String(position)),
  );
};

const conflict = (expected: ExpectedRevision, actual: number): WrongExpectedVersion => {
  const answer = new WrongExpectedVersion();
  if (actual < 0) answer.setCurrentNoStream(new Empty());
  else answer.setCurrentStreamRevision(String(actual));
  switch (expected) {
    case 'any':
      return answer.setExpectedAny(new Empty());
    case 'no_stream':
      return answer.setExpectedNoStream(new Empty());
    case 'stream_exists':
      return answer.setExpectedStreamExists(new Empty());
    default:
      return answer.setExpectedStreamPosition(String(expected));
  }
};
