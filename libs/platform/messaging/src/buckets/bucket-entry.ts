import type { z } from 'zod';

/** A stored value and its place in the bucket. */
export interface BucketEntry<T> {
  readonly key: string;
  readonly value: T;
  /** The bucket's sequence of this value: what `update` and `delete` expect. */
  readonly revision: number;
}

/** A stored value that its schema refuses: written by another version, or by hand. */
export class UnreadableEntry extends Error {
  constructor(bucket: string, key: string, options?: ErrorOptions) {
    super(`${bucket}/${key} holds what can't be read`, options);
    this.name = 'UnreadableEntry';
  }
}

const decoder = new TextDecoder();

/** The value of stored bytes; throws {@link UnreadableEntry}. */
export const decodeEntry = <T>(schema: z.ZodType<T>, bucket: string, key: string, data: Uint8Array): T => {
  try {
    return schema.parse(JSON.parse(decoder.decode(data)));
  } catch (error) {
    throw new UnreadableEntry(bucket, key, { cause: error });
  }
};

/** A projected value: of two, the one of the newer stream revision wins. */
export interface Revised {
  readonly revision: number;
}

/** The revision inside a value; one without is older than any. */
export const revisionOf = (value: unknown): number =>
  typeof value === 'object' && value !== null && 'revision' in value && typeof value.revision === 'number'
    ? value.revision
    : -1;
