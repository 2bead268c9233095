import type { BatchAppendReq } from '@eventstore/db-client/generated/streams_pb';
import type { WriteTarget } from '../log/operations';
import { streamNameOf } from '../wire/identifiers';
import type { ProposedEvent } from '../wire/recorded-event';
import { deadlineExceeded, invalidArgument } from '../wire/service-errors';
import { ProposedEvents } from './proposed-events';
import { expectedRevision, writableStream } from './write-target';

/** The longest wait that a timer can be set to. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** One of a batch call's appends, gathered chunk by chunk. It is refused at most once, and then swallows the rest. */
export class BatchedAppend {
  refused = false;
  /** As it was asked for, to be echoed. */
  readonly stream: string;
  readonly #events: ProposedEvents;
  #timer: NodeJS.Timeout | undefined;
  readonly #deadline: number;

  constructor(
    readonly correlationId: string,
    private readonly options: BatchAppendReq.Options | undefined,
    maxBytes: number,
    private readonly onRefusal: (error: unknown) => void,
  ) {
    this.stream = streamNameOf(options?.getStreamIdentifier());
    this.#events = new ProposedEvents(maxBytes);
    this.#deadline = options?.getDeadline()?.toDate().getTime() ?? Infinity;
  }

  get events(): readonly ProposedEvent[] {
    return this.#events.all;
  }

  /** Throws a ServiceError for options that are missing, or a stream that can't be written to. */
  get target(): WriteTarget {
    if (this.options === undefined) throw invalidArgument('an append needs options');
    const revision = this.options.hasStreamPosition() ? this.options.getStreamPosition() : undefined;
    return {
      stream: writableStream(this.options.getStreamIdentifier()),
      expected: expectedRevision(revision, this.options),
    };
  }

  isLate(): boolean {
    return Date.now() >= this.#deadline;
  }

  take(chunk: BatchAppendReq): void {
    if (this.refused) return;
    try {
      if (this.isLate()) throw deadlineExceeded();
      for (const message of chunk.getProposedMessagesList()) this.#events.add(message);
      if (!chunk.getIsFinal()) this.#timer ??= this.#startTimer();
    } catch (error) {
      this.#refuse(error);
    }
  }

  /** Stops the clock. */
  release(): void {
    clearTimeout(this.#timer);
  }

  #startTimer(): NodeJS.Timeout {
    const ms = Math.min(Math.max(0, this.#deadline - Date.now()), LONGEST_TIMER_MS);
    return setTimeout(() => this.#refuse(deadlineExceeded()), ms);
  }

  #refuse(error: unknown): void {
    this.refused = true;
    this.release();
    this.onRefusal(error);
  }
}
