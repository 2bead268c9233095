import type { Database, Key } from 'lmdb';

/** A table with changes on top that aren't stored yet. Its keys have to differ as text. */
export class Overlay<V, K extends Key> {
  readonly #changes = new Map<string, { readonly key: K; readonly value: V }>();

  constructor(private readonly table: Database<V, K>) {}

  get isEmpty(): boolean {
    return this.#changes.size === 0;
  }

  get(key: K): V | undefined {
    return this.#changes.get(String(key))?.value ?? this.table.get(key);
  }

  set(key: K, value: V): void {
    this.#changes.set(String(key), { key, value });
  }

  /** Hands the changes to the engine, as part of the batch that is open. */
  flush(): void {
    for (const { key, value } of this.#changes.values()) void this.table.put(key, value);
  }
}
