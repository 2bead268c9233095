import type { z } from 'zod';

/**
 * The stored shapes of one event: each version's schema, frozen once it was released, and the way from it to the
 * next one. The last version is the current one: only that is written, and what is read arrives in it.
 */
export class EventShape<Data> {
  constructor(
    readonly version: number,
    private readonly schema: z.ZodType<Data>,
    private readonly older?: (version: number, data: unknown) => Data,
  ) {}

  /** A later version, and how data of this one becomes it. */
  becomes<Next>(version: number, schema: z.ZodType<Next>, upcast: (data: Data) => Next): EventShape<Next> {
    if (version !== this.version + 1) throw new Error(`version ${version} can't follow ${this.version}`);
    return new EventShape(version, schema, (from, data) => upcast(this.parse(from, data)));
  }

  /** Whether data of that version can be read. */
  knows(version: number): boolean {
    return Number.isInteger(version) && version >= 1 && version <= this.version;
  }

  /** Data of a known version as data of the current one. Throws ZodError where it doesn't fit its schema. */
  parse(version: number, data: unknown): Data {
    return version === this.version || !this.older ? this.schema.parse(data) : this.older(version, data);
  }
}

/** The first stored shape of an event: `shape(schema)`, later `shape(v1).becomes(2, v2, upcast)`. */
export const shape = <Data>(schema: z.ZodType<Data>): EventShape<Data> => new EventShape(1, schema);
