import { Draft } from './draft';
import type { RecentIds } from './recent-ids';
import type { Tables } from './tables';
import type { Wakeup } from './wakeup';

/** The log couldn't be written, or is closing: nothing of what was asked for is in it. */
export class LogUnavailable extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'LogUnavailable';
  }
}

interface Job {
  /** Makes the change in the draft; what it returns gives the answer, to be called once the draft is stored. */
  run(draft: Draft): () => void;
  failed(error: Error): void;
}

/** Writes that share one sync at the most. */
const GROUP_SIZE = 512;

/**
 * The log's one writer. Writes that arrive while a sync is under way wait and then share the next one, so a write
 * costs a sync alone when it is alone, and a fraction of one under load.
 */
export class LogWriter {
  readonly #waiting: Job[] = [];
  #running: Promise<void> | undefined;
  #closed = false;

  constructor(
    private readonly tables: Tables,
    private readonly recentIds: RecentIds,
    private readonly written: Wakeup,
    private readonly onFailure: (error: unknown) => void,
  ) {}

  /**
   * What `change` answers, once all that it wrote is synced to disk. It runs after all changes asked for before,
   * and sees what they wrote. Rejects with {@link LogUnavailable} where nothing was written.
   */
  perform<T>(change: (draft: Draft) => T): Promise<T> {
    if (this.#closed) return Promise.reject(new LogUnavailable('the log is closing'));
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({
        run: (draft) => {
          const answer = change(draft);
          return () => resolve(answer);
        },
        failed: reject,
      });
      this.#running ??= this.#work();
    });
  }

  /** Refuses further writes; resolves when those asked for before have their answer. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#running;
  }

  async #work(): Promise<void> {
    // What arrives in the same turn of the event loop belongs in the same group.
    await new Promise(setImmediate);
    while (this.#waiting.length > 0) {
      const group = this.#waiting.splice(0, GROUP_SIZE);
      try {
        const draft = new Draft(this.tables, this.recentIds, Date.now());
        const answers = group.map((job) => job.run(draft));
        await draft.commit();
        for (const answer of answers) answer();
        this.written.pulse();
      } catch (error) {
        this.onFailure(error);
        const failure = new LogUnavailable('the log could not be written', { cause: error });
        for (const job of group) job.failed(failure);
      }
    }
    this.#running = undefined;
  }
}
