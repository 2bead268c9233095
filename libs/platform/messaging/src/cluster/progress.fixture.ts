/** For tests: when each part of a story last got something done. */
export class Progress {
  private readonly last = new Map<string, number>();
  private readonly watched = new Map<string, number>();
  private since = Number.POSITIVE_INFINITY;

  /** A part has got something done. */
  mark(part: string): void {
    const now = performance.now();
    this.last.set(part, now);
    if (now > this.since && !this.watched.has(part)) this.watched.set(part, now - this.since);
  }

  /** Every part that got something done so far. */
  get parts(): readonly string[] {
    return [...this.last.keys()].sort();
  }

  /** From now on it counts how soon each part gets something done. */
  watch(): void {
    this.watched.clear();
    this.since = performance.now();
  }

  /** Milliseconds from {@link watch} until the part got something done; undefined where it hasn't yet. */
  wentOnAfterMs(part: string): number | undefined {
    return this.watched.get(part);
  }
}
