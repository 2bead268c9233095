import { randomUUID } from 'node:crypto';
import type { ServerDuplexStream } from '@grpc/grpc-js';
import type { BatchAppendReq, BatchAppendResp } from '@eventstore/db-client/generated/streams_pb';
import { LogUnavailable } from '../log/event-log';
import type { EventLog } from '../log/event-log';
import { appendEvents } from '../log/operations';
import { uuidOf } from '../wire/identifiers';
import { deadlineExceeded, invalidArgument, unavailable } from '../wire/service-errors';
import { failureOf, outcomeOf } from './batch-append-responses';
import { BatchedAppend } from './batched-append';
import { failureStatus } from './failure-status';

type BatchAppendCall = ServerDuplexStream<BatchAppendReq, BatchAppendResp>;

/** Appends that one call may have under way before it has to wait with more. */
const MOST_UNDER_WAY = 1_000;

/** Serves one call that carries many appends, each in one or more chunks, each answered by its correlation id. */
export class BatchAppendSession {
  readonly #gathering = new Map<string, BatchedAppend>();
  #underWay = 0;
  #ended = false;

  constructor(
    private readonly log: EventLog,
    private readonly maxBytes: number,
    private readonly stopping: AbortSignal,
    private readonly call: BatchAppendCall,
  ) {}

  start(): void {
    this.call.on('data', this.#take);
    this.call.on('drain', this.#proceed);
    this.call.on('end', () => {
      this.#ended = true;
      this.#proceed();
    });
    this.call.on('cancelled', this.#release);
    this.call.on('close', this.#release);
    this.stopping.addEventListener('abort', this.#proceed);
  }

  readonly #take = (chunk: BatchAppendReq): void => {
    const id = uuidOf(chunk.getCorrelationId());
    if (id === undefined) {
      this.#fail(invalidArgument('an append in a batch needs a correlation id'));
      return;
    }
    const append = this.#gathering.get(id) ?? this.#begin(id, chunk);
    append.take(chunk);
    if (!chunk.getIsFinal()) return;
    this.#gathering.delete(id);
    append.release();
    if (!append.refused) void this.#perform(append);
  };

  #begin(id: string, first: BatchAppendReq): BatchedAppend {
    const append = new BatchedAppend(id, first.getOptions(), this.maxBytes, (error) =>
      this.#send(failureOf(append, error, this.maxBytes)),
    );
    this.#gathering.set(id, append);
    return append;
  }

  async #perform(append: BatchedAppend): Promise<void> {
    this.#underWay += 1;
    if (this.#underWay >= MOST_UNDER_WAY) this.call.pause();
    try {
      const { target, events } = append;
      const outcome = await this.log.perform((draft) =>
        append.isLate() ? undefined : appendEvents(draft, target, events, randomUUID),
      );
      this.#send(
        outcome === undefined
          ? failureOf(append, deadlineExceeded(), this.maxBytes)
          : outcomeOf(append, outcome),
      );
    } catch (error) {
      if (error instanceof LogUnavailable) this.#fail(error);
      else this.#send(failureOf(append, error, this.maxBytes));
    } finally {
      this.#underWay -= 1;
      this.#proceed();
    }
  }

  #send(response: BatchAppendResp): void {
    if (!this.call.cancelled && !this.call.write(response)) this.call.pause();
  }

  readonly #proceed = (): void => {
    if (this.#underWay === 0 && this.stopping.aborted) this.#fail(unavailable('the server is stopping'));
    else if (this.#underWay === 0 && this.#ended) this.call.end();
    else if (this.#underWay < MOST_UNDER_WAY && !this.call.writableNeedDrain) this.call.resume();
  };

  #fail(error: Error): void {
    this.call.off('data', this.#take);
    this.#release();
    this.call.emit('error', failureStatus(error));
  }

  readonly #release = (): void => {
    this.stopping.removeEventListener('abort', this.#proceed);
    for (const append of this.#gathering.values()) append.release();
    this.#gathering.clear();
  };
}
