/** One row of the outcome: what was measured, what it was held against in the same run, and whether it is enough. */
export interface Figure {
  readonly figure: string;
  /** With its unit in `figure`. The median of the rounds. */
  readonly value: number;
  /** The same of the baseline; null where the target is absolute. */
  readonly beside: number | null;
  /** Ours by the baseline's, the median over the rounds: each round has both, one right after the other. */
  readonly ratio: number | null;
  readonly target: string;
  readonly ok: boolean;
  /** The least and the most that a round gave, as `ratio` or, without one, as `value`. */
  readonly spread: readonly [number, number];
  /** CPU and memory of the processes beside it, and whatever else belongs to the number. */
  readonly notes?: Readonly<Record<string, number | string>>;
}

/** A limit that a ratio or value has to keep. */
export interface Target {
  readonly text: string;
  readonly holds: (measured: number) => boolean;
}

export const atLeast = (limit: number, unit = '×'): Target => ({
  text: `≥ ${limit} ${unit}`,
  holds: (measured) => measured >= limit,
});

export const atMost = (limit: number, unit = '×'): Target => ({
  text: `≤ ${limit} ${unit}`,
  holds: (measured) => measured <= limit,
});

export const below = (limit: number, unit = '×'): Target => ({
  text: `< ${limit} ${unit}`,
  holds: (measured) => measured < limit,
});
