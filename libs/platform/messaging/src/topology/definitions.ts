/** A JetStream stream as it is to be. */
export interface StreamDefinition {
  readonly name: string;
  readonly subjects: readonly string[];
  /** What a full stream does: refuse what is new, or drop what is oldest. */
  readonly discard: 'new' | 'old';
  /** Without it messages stay. */
  readonly maxAgeMs?: number;
  readonly maxBytes?: number;
  readonly maxMessageBytes?: number;
  /** How long a repeated message id is recognised; 2 minutes unless told. */
  readonly duplicateWindowMs?: number;
  /** Every stored message is also sent to live subscribers; the wildcards carry over. */
  readonly republish?: { readonly source: string; readonly destination: string };
}

/** A JetStream KV bucket as it is to be. */
export interface BucketDefinition {
  readonly name: string;
  /** Without it values stay. */
  readonly ttlMs?: number;
  /** How many values of a key are kept; 1 unless told. */
  readonly history?: number;
  readonly maxBytes?: number;
}

export interface Topology {
  readonly streams: readonly StreamDefinition[];
  readonly buckets: readonly BucketDefinition[];
  /** 1 on one server, 3 on a cluster. */
  readonly replicas: number;
}
