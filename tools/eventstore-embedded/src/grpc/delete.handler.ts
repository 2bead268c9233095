import { randomUUID } from 'node:crypto';
import type { sendUnaryData, ServerUnaryCall } from '@grpc/grpc-js';
import { DeleteResp, TombstoneResp } from '@eventstore/db-client/generated/streams_pb';
import type { DeleteReq, TombstoneReq } from '@eventstore/db-client/generated/streams_pb';
import { Empty } from '@eventstore/db-client/generated/shared_pb';
import type { EventLog } from '../log/event-log';
import { deleteStream, tombstoneStream } from '../log/operations';
import { isMetastream } from '../rules/system-streams';
import { accessDenied, deadlineExceeded, streamDeleted, wrongExpectedVersion } from '../wire/service-errors';
import { failureStatus } from './failure-status';
import { writeTarget } from './write-target';

/** Serves deletions, soft and for good. */
export class DeleteHandler {
  constructor(private readonly log: EventLog) {}

  async delete(
    call: ServerUnaryCall<DeleteReq, DeleteResp>,
    answer: sendUnaryData<DeleteResp>,
  ): Promise<void> {
    try {
      const position = await this.#carryOut(call, deleteStream);
      answer(null, respond(new DeleteResp(), new DeleteResp.Position(), position));
    } catch (error) {
      answer(failureStatus(error));
    }
  }

  async tombstone(
    call: ServerUnaryCall<TombstoneReq, TombstoneResp>,
    answer: sendUnaryData<TombstoneResp>,
  ): Promise<void> {
    try {
      const position = await this.#carryOut(call, tombstoneStream);
      answer(null, respond(new TombstoneResp(), new TombstoneResp.Position(), position));
    } catch (error) {
      answer(failureStatus(error));
    }
  }

  async #carryOut(
    call: ServerUnaryCall<DeleteReq, DeleteResp> | ServerUnaryCall<TombstoneReq, TombstoneResp>,
    operation: typeof deleteStream,
  ): Promise<number | undefined> {
    const target = writeTarget(call.request.getOptions());
    if (isMetastream(target.stream)) throw accessDenied(target.stream);
    const deadline = Number(call.getDeadline());
    const outcome = await this.log.perform((draft) =>
      call.cancelled || Date.now() > deadline ? undefined : operation(draft, target, randomUUID()),
    );
    if (outcome === undefined) throw deadlineExceeded();
    if (outcome.outcome === 'written') return outcome.position;
    if (outcome.outcome === 'stream_deleted') throw streamDeleted(target.stream);
    throw wrongExpectedVersion(target.stream, outcome.expected, outcome.actual);
  }
}

interface PositionMessage {
  setCommitPosition(value: string): PositionMessage;
  setPreparePosition(value: string): PositionMessage;
}

/** Both responses are of the same form, but not of one type. */
const respond = <Position extends PositionMessage, Response extends PositionedResponse<Position>>(
  response: Response,
  place: Position,
  position: number | undefined,
): Response => {
  if (position === undefined) response.setNoPosition(new Empty());
  else {
    place.setCommitPosition(String(position)).setPreparePosition(String(position));
    response.setPosition(place);
  }
  return response;
};

interface PositionedResponse<Position> {
  setPosition(value: Position): unknown;
  setNoPosition(value: Empty): unknown;
}
