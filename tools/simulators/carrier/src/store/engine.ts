/** Where tables keep their rows over a restart. Writes of one turn of the event loop stand or fall together. */
export interface Engine {
  load(table: string): Iterable<{ key: string; value: unknown }>;
  put(table: string, key: string, value: unknown): void;
  remove(table: string, key: string): void;
  clear(table: string): void;
  /** Resolves when all that was written before this call is synced to disk; rejects where it can't be. */
  durable(): Promise<void>;
  close(): Promise<void>;
}

/** Forgets everything with the process. */
export const memoryEngine = (): Engine => ({
  load: () => [],
  put: () => undefined,
  remove: () => undefined,
  clear: () => undefined,
  durable: () => Promise.resolve(),
  close: () => Promise.resolve(),
});
