import type { ServerWritableStream } from '@grpc/grpc-js';
import type { ReadReq } from '@eventstore/db-client/generated/streams_pb';

/** A read call; its answers are serialized before they get to it. */
export type ReadCall = ServerWritableStream<ReadReq, Uint8Array>;

/** Writes to a call no faster than its client takes what it is sent. */
export class Outlet {
  readonly #gone = new AbortController();

  constructor(
    private readonly call: ReadCall,
    private readonly stopping: AbortSignal,
  ) {
    call.on('cancelled', this.#leave);
    stopping.addEventListener('abort', this.#leave);
    if (call.cancelled || stopping.aborted) this.#leave();
  }

  /** Aborted when nobody listens any more, or the server stops. */
  get gone(): AbortSignal {
    return this.#gone.signal;
  }

  /** Whether there is room for more; where not, {@link drained} says when. */
  write(response: Uint8Array): boolean {
    return this.call.write(response);
  }

  /** Resolves when there is room for more, or nobody is there to want it. */
  drained(): Promise<void> {
    if (!this.call.writableNeedDrain || this.gone.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const go = (): void => {
        this.call.off('drain', go);
        this.gone.removeEventListener('abort', go);
        resolve();
      };
      this.call.on('drain', go);
      this.gone.addEventListener('abort', go);
    });
  }

  release(): void {
    this.call.off('cancelled', this.#leave);
    this.stopping.removeEventListener('abort', this.#leave);
  }

  readonly #leave = (): void => this.#gone.abort();
}
