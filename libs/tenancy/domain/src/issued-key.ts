/** What may be kept of an API key: never the key itself. */
export interface IssuedKey {
  readonly id: string;
  /** `cm_live_<8>`: may be shown. */
  readonly prefix: string;
  /** SHA-256 in hex. */
  readonly hash: string;
}

/** A key in force, and the revision of the stream that put it in force. */
export interface CurrentKey extends IssuedKey {
  readonly since: number;
}

/** A key that is refused for good, and the revision of the stream that ended it. */
export interface FormerKey {
  readonly hash: string;
  readonly endedAt: number;
}
