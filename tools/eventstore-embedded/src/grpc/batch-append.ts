import { on, once } from 'node:events';
import type { ServerDuplexStream } from '@grpc/grpc-js';
import { type BatchAppendReq, BatchAppendResp } from '@eventstore/db-client/generated/streams_pb';
import type { EventLog } from '../log/event-log';
import { success } from '../wire/answers';
import { ProposedEvents } from '../wire/events';
import { uuid, uuidOf } from '../wire/identifiers';
import { deadlineExceeded, failureStatus, invalidArgument, ServiceError } from '../wire/service-errors';
import { carryOut, writeTarget, written } from './writes';

type BatchAppendCall = ServerDuplexStream<BatchAppendReq, BatchAppendResp>;

/** Appends that one call may have under way before it has to wait for them: as many as like to share a sync. */
const MOST_UNDER_WAY = 1_000;

/** Parts that are taken from the connection before their turn. */
const READ_AHEAD = 64;

/** The longest wait that a timer can be set to. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * Serves one call that carries many appends, each in one or more parts, each answered by its correlation id. Resolves
 * when all have been answered; rejects, after those that are under way, when `gone` is aborted or a part makes no sense.
 */
export const batchAppend = async (
  log: EventLog,
  maxBytes: number,
  call: BatchAppendCall,
  gone: AbortSignal,
): Promise<void> => {
  const gathering = new Map<string, GatheredAppend>();
  const underWay = new Set<Promise<unknown>>();
  const send = (answer: BatchAppendResp): void => void (call.writable && call.write(answer));
  const parts: AsyncIterable<BatchAppendReq[]> = on(call, 'data', {
    close: ['end'],
    signal: gone,
    highWaterMark: READ_AHEAD,
  });
  try {
    for await (const [part] of parts) {
      const id = uuidOf(part?.getCorrelationId());
      if (part === undefined || id === undefined)
        throw invalidArgument('an append in a batch needs a correlation id');
      const append = gathering.get(id) ?? new GatheredAppend(id, part.getOptions(), maxBytes, send);
      gathering.set(id, append);
      append.add(part.getProposedMessagesList());
      if (!part.getIsFinal()) continue;
      gathering.delete(id);
      const done = append
        .perform(log)
        .catch((error: unknown) => call.emit('error', failureStatus(error)))
        .finally(() => underWay.delete(done));
      underWay.add(done);
      if (underWay.size >= MOST_UNDER_WAY) await Promise.all(underWay);
      if (call.writableNeedDrain) await once(call, 'drain', { signal: gone });
    }
  } finally {
    for (const append of gathering.values()) append.release();
    await Promise.all(underWay);
  }
};

/** One of the call's appends, while its parts come in. It is answered at most once, and then swallows the rest. */
class GatheredAppend {
  readonly #answer: BatchAppendResp;
  readonly #events: ProposedEvents;
  readonly #deadline: number;
  readonly #isLate = (): boolean => Date.now() >= this.#deadline;
  readonly #timer: NodeJS.Timeout;
  #refused = false;

  constructor(
    id: string,
    private readonly options: BatchAppendReq.Options | undefined,
    maxBytes: number,
    private readonly send: (answer: BatchAppendResp) => void,
  ) {
    this.#answer = new BatchAppendResp()
      .setCorrelationId(uuid(id))
      .setStreamIdentifier(options?.getStreamIdentifier());
    this.#events = new ProposedEvents(maxBytes);
    this.#deadline = options?.getDeadline()?.toDate().getTime() ?? Infinity;
    const patience = Math.min(Math.max(0, this.#deadline - Date.now()), LONGEST_TIMER_MS);
    this.#timer = setTimeout(() => this.#refuse(deadlineExceeded()), patience);
  }

  add(messages: readonly BatchAppendReq.ProposedMessage[]): void {
    try {
      for (const message of messages) this.#events.add(message);
    } catch (error) {
      this.#refuse(error);
    }
  }

  /** Appends what has been gathered, and answers. Rejects with what is no refusal. */
  async perform(log: EventLog): Promise<void> {
    this.release();
    if (this.#refused) return;
    try {
      const target = writeTarget(this.options);
      const outcome = await carryOut(log, this.#isLate, (draft) => draft.append(target, this.#events.all));
      this.send(this.#answer.setSuccess(success(written(target, outcome))));
    } catch (error) {
      this.#refuse(error);
    }
  }

  /** Waits for no more parts. */
  release(): void {
    clearTimeout(this.#timer);
  }

  #refuse(error: unknown): void {
    if (!(error instanceof ServiceError)) throw error;
    if (!this.#refused) this.send(this.#answer.setError(error.inBatch));
    this.#refused = true;
  }
}
