/** Sequences from `from` to `to`, both included. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/**
 * Which places of its feed a socket has been given, so that none is given twice. Everything after `head` comes
 * live, so it counts as given from the start; replays fill in what is before.
 */
export class DeliveredRanges {
  private ranges: readonly Range[];

  constructor(head: number) {
    this.ranges = [{ from: head + 1, to: Infinity }];
  }

  has(seq: number): boolean {
    return this.ranges.some(({ from, to }) => from <= seq && seq <= to);
  }

  /** The last sequence before what has been given without a gap up to now: nothing after it is missing. */
  get missingUpTo(): number {
    return (this.ranges.at(-1)?.from ?? 1) - 1;
  }

  add(range: Range): void {
    const touching = this.ranges.filter(({ from, to }) => from <= range.to + 1 && range.from - 1 <= to);
    const apart = this.ranges.filter((other) => !touching.includes(other));
    const merged = {
      from: Math.min(range.from, ...touching.map(({ from }) => from)),
      to: Math.max(range.to, ...touching.map(({ to }) => to)),
    };
    this.ranges = [...apart, merged].sort((one, other) => one.from - other.from);
  }
}
