import { EventEmitter, once } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { Draft } from './draft';
import { StoredStreams } from './stored-streams';
import type { Tables } from './tables';

/** A durable log of events in streams, in a data folder that it has to itself. Reads see only what is synced to disk. */
export class EventLog extends StoredStreams {
  readonly #writes = new EventEmitter().setMaxListeners(0);

  /** `onFailure` hears of writes that failed. */
  constructor(
    tables: Tables,
    private readonly onFailure: (error: unknown) => void,
  ) {
    super(tables);
  }

  /**
   * What `change` answers, once all that it wrote is synced to disk. It runs after all changes asked for before,
   * and sees what they wrote; where it throws, nothing of it is written. Changes that are asked for while a sync is
   * under way share the next one. Rejects where nothing was written.
   */
  async perform<T>(change: (draft: Draft) => T): Promise<T> {
    try {
      const { root } = this.tables;
      const answer = await root.childTransaction(() => change(new Draft(this.tables, Date.now())));
      this.#writes.emit('write');
      return answer;
    } catch (error) {
      // LMDB tells the cause by a second promise, which would end the process if nobody heard it.
      const cause: unknown = Reflect.get(Object(error), 'commitError');
      if (cause instanceof Promise) cause.catch(() => undefined);
      this.onFailure(error);
      throw error;
    }
  }

  /** Resolves after the next write, once for all that are committed together; rejects when `signal` is aborted. */
  async nextWrite(signal: AbortSignal): Promise<void> {
    await once(this.#writes, 'write', { signal });
    await turn();
  }

  /** Refuses further writes, answers what was asked for before, and lets go of the folder. */
  close(): Promise<void> {
    return this.tables.root.close();
  }
}
