/** The stream that holds every event, in the order they were written. Nobody appends to it. */
export const ALL_STREAM = '$all';

const METASTREAM_PREFIX = '$$';

/** Whether the stream holds the metadata of another one. */
export const isMetastream = (stream: string): boolean => stream.startsWith(METASTREAM_PREFIX);

/** The stream that holds the metadata of `stream`. */
export const metastreamOf = (stream: string): string => METASTREAM_PREFIX + stream;

/** The stream whose metadata the metastream holds. */
export const describedBy = (metastream: string): string => metastream.slice(METASTREAM_PREFIX.length);

export const METADATA_TYPE = '$metadata';
export const TOMBSTONE_TYPE = '$streamDeleted';
export const LINK_TYPE = '$>';

/** The longest stream name that is taken, in bytes of UTF-8: it has to fit an LMDB key. */
export const MAX_STREAM_NAME_BYTES = 1_024;

/** Why a stream can't have this name, if it can't. */
export const nameFault = (stream: string): string | undefined => {
  if (stream === '' || stream === METASTREAM_PREFIX) return 'a stream needs a name';
  if (stream.includes('\0')) return 'a stream name has no NUL';
  // What describes a stream may be as long as it has to be.
  const name = isMetastream(stream) ? describedBy(stream) : stream;
  if (Buffer.byteLength(name) > MAX_STREAM_NAME_BYTES) {
    return `a stream name has at most ${MAX_STREAM_NAME_BYTES} bytes`;
  }
  return undefined;
};
