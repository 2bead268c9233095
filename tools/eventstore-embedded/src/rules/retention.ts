import { z } from 'zod';

/** The `$tb` of a deleted stream: EventStoreDB's largest event number, 2^63-1, as near as JSON numbers get to it. */
export const DELETED = 2 ** 63;

const limits = z.object({
  $maxCount: z.number().int().positive().optional(),
  /** Seconds. */
  $maxAge: z.number().int().positive().optional(),
  $tb: z.number().nonnegative().optional(),
});

/** What a stream's metadata says on which of its events can still be read. */
export type Retention = z.infer<typeof limits>;

/** A metastream keeps only the newest metadata. */
export const METASTREAM_RETENTION: Retention = { $maxCount: 1 };

/** The retention that a metadata event's data asks for; data that makes no sense asks for none, as EventStoreDB has it. */
export const parseRetention = (data: Uint8Array): Retention => limits.safeParse(parseJson(data)).data ?? {};

export const isSoftDeleted = (retention: Retention): boolean => (retention.$tb ?? 0) >= DELETED;

/** The metadata of a stream that is written to again after its deletion: all as it was, read from `revision` on. */
export const revived = (metadata: Uint8Array, revision: number): Uint8Array => {
  const kept = z.record(z.string(), z.unknown()).safeParse(parseJson(metadata)).data;
  return Buffer.from(JSON.stringify({ ...kept, $tb: revision }));
};

/** Written out, because JSON.stringify can't write 2^63-1. */
export const DELETED_METADATA: Uint8Array = Buffer.from('{"$tb":9223372036854775807}');

/** The first revision that can be read of a stream whose newest is `last`. */
export const firstReadable = (retention: Retention, last: number): number =>
  Math.max(0, retention.$tb ?? 0, retention.$maxCount === undefined ? 0 : last - retention.$maxCount + 1);

/** The moment, in milliseconds since the Unix epoch, before which events are too old to be read. */
export const oldestReadable = (retention: Retention, now: number): number =>
  retention.$maxAge === undefined ? 0 : now - retention.$maxAge * 1_000;

const parseJson = (data: Uint8Array): unknown => {
  try {
    return JSON.parse(Buffer.from(data).toString('utf8'));
  } catch {
    return undefined;
  }
};
