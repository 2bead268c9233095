import type { z } from 'zod';
import type { Engine } from './engine';

/**
 * Rows held in memory and written through to the engine. A write is seen at once and is durable when the engine
 * says so ({@link Engine.durable}).
 */
export class Table<Row> {
  private readonly rows = new Map<string, Row>();

  /** Throws where what was stored isn't what this version of the simulator writes. */
  constructor(
    private readonly engine: Engine,
    private readonly name: string,
    schema: z.ZodType<Row>,
  ) {
    for (const { key, value } of engine.load(name)) {
      const row = schema.safeParse(value);
      if (!row.success) throw new Error(`the stored ${name} are another version's: remove the data folder`);
      this.rows.set(key, row.data);
    }
  }

  get(key: string): Row | undefined {
    return this.rows.get(key);
  }

  /** In the order in which the keys were first put; after a restart, in the order of the keys. */
  values(): IterableIterator<Row> {
    return this.rows.values();
  }

  put(key: string, row: Row): void {
    this.rows.set(key, row);
    this.engine.put(this.name, key, row);
  }

  remove(key: string): void {
    if (this.rows.delete(key)) this.engine.remove(this.name, key);
  }

  clear(): void {
    this.rows.clear();
    this.engine.clear(this.name);
  }
}
