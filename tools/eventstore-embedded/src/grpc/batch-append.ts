import { randomUUID } from 'node:crypto';
import type { ServerDuplexStream } from '@grpc/grpc-js';
import { AllStreamPosition } from '@eventstore/db-client/generated/shared_pb';
import { BatchAppendResp } from '@eventstore/db-client/generated/streams_pb';
import type { BatchAppendReq } from '@eventstore/db-client/generated/streams_pb';
import { Empty } from 'google-protobuf/google/protobuf/empty_pb';
import type { EventLog } from '../log/event-log';
import { appendEvents } from '../log/operations';
import type { WriteTarget } from '../log/operations';
import { uuid, uuidOf } from '../wire/identifiers';
import { success } from '../wire/append-answers';
import {
  deadlineExceeded,
  failureStatus,
  invalidArgument,
  ServiceError,
  unavailable,
} from '../wire/service-errors';
import { ProposedEvents } from './proposed-events';
import { carryOut, writeTarget, written } from './write';

const { Success } = BatchAppendResp;

type BatchAppendCall = ServerDuplexStream<BatchAppendReq, BatchAppendResp>;

/** Appends that one call may have under way before it has to wait with more. */
const MOST_UNDER_WAY = 1_000;

/** The longest wait that a timer can be set to. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** One of the call's appends, while its parts come in. */
interface Gathering {
  readonly answer: BatchAppendResp;
  readonly options: BatchAppendReq.Options | undefined;
  readonly events: ProposedEvents;
  readonly isLate: () => boolean;
  readonly timer: NodeJS.Timeout;
  /** It is refused at most once, and then swallows the rest. */
  refused: boolean;
}

/** Serves one call that carries many appends, each in one or more parts, each answered by its correlation id. */
export class BatchAppend {
  readonly #gathering = new Map<string, Gathering>();
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
    this.call.on('close', this.#release);
    this.stopping.addEventListener('abort', this.#proceed);
  }

  readonly #take = (part: BatchAppendReq): void => {
    const id = uuidOf(part.getCorrelationId());
    if (id === undefined) {
      this.#fail(invalidArgument('an append in a batch needs a correlation id'));
      return;
    }
    const append = this.#gathering.get(id) ?? this.#begin(id, part.getOptions());
    try {
      if (append.isLate()) throw deadlineExceeded();
      for (const message of part.getProposedMessagesList()) append.events.add(message);
    } catch (error) {
      this.#refuse(append, error);
    }
    if (!part.getIsFinal()) return;
    this.#gathering.delete(id);
    clearTimeout(append.timer);
    if (!append.refused) void this.#perform(append);
  };

  #begin(id: string, options: BatchAppendReq.Options | undefined): Gathering {
    const deadline = options?.getDeadline()?.toDate().getTime() ?? Infinity;
    const patience = Math.min(Math.max(0, deadline - Date.now()), LONGEST_TIMER_MS);
    const append: Gathering = {
      answer: new BatchAppendResp()
        .setCorrelationId(uuid(id))
        .setStreamIdentifier(options?.getStreamIdentifier()),
      options,
      events: new ProposedEvents(this.maxBytes),
      isLate: () => Date.now() >= deadline,
      timer: setTimeout(() => this.#refuse(append, deadlineExceeded()), patience),
      refused: false,
    };
    this.#gathering.set(id, append);
    return append;
  }

  async #perform(append: Gathering): Promise<void> {
    this.#underWay += 1;
    if (this.#underWay >= MOST_UNDER_WAY) this.call.pause();
    try {
      const { answer, options, events, isLate } = append;
      const target = targetOf(options);
      const outcome = await carryOut(this.log, isLate, (draft) =>
        appendEvents(draft, target, events.all, randomUUID),
      );
      const done = written(target, outcome);
      this.#send(answer.setSuccess(success(new Success(), new AllStreamPosition(), new Empty(), done)));
    } catch (error) {
      this.#refuse(append, error);
    } finally {
      this.#underWay -= 1;
      this.#proceed();
    }
  }

  #refuse(append: Gathering, error: unknown): void {
    if (append.refused) return;
    append.refused = true;
    if (error instanceof ServiceError) this.#send(append.answer.setError(error.inBatch));
    else this.#fail(error);
  }

  #send(answer: BatchAppendResp): void {
    if (this.call.writable && !this.call.write(answer)) this.call.pause();
  }

  readonly #proceed = (): void => {
    if (this.#underWay === 0 && this.stopping.aborted) this.#fail(unavailable('the server is stopping'));
    else if (this.#underWay === 0 && this.#ended) this.call.end();
    else if (this.#underWay < MOST_UNDER_WAY && !this.call.writableNeedDrain) this.call.resume();
  };

  #fail(error: unknown): void {
    this.call.off('data', this.#take);
    this.#release();
    this.call.emit('error', failureStatus(error));
  }

  readonly #release = (): void => {
    this.stopping.removeEventListener('abort', this.#proceed);
    for (const { timer } of this.#gathering.values()) clearTimeout(timer);
    this.#gathering.clear();
  };
}

const targetOf = (options: BatchAppendReq.Options | undefined): WriteTarget => {
  if (options === undefined) throw invalidArgument('an append needs options');
  return writeTarget(options, options.hasStreamPosition() ? options.getStreamPosition() : undefined);
};
