import type { Figure, Target } from './figure';

/** The middle one, or the mean of the two in the middle. Throws RangeError for none. */
export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((one, other) => one - other);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.ceil(sorted.length / 2) - 1];
  if (upper === undefined || lower === undefined) throw new RangeError('no values');
  return (upper + lower) / 2;
};

/** The value below which a share of all lies: 0.99 for the 99th percentile. */
export const percentile = (values: readonly number[], share: number): number => {
  const sorted = [...values].sort((one, other) => one - other);
  const found = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  if (found === undefined) throw new RangeError('no values');
  return found;
};

const spreadOf = (values: readonly number[]): [number, number] => [Math.min(...values), Math.max(...values)];

/**
 * Measures both sides in turn, and the other one first in every second round: what else the machine does meanwhile
 * meets both alike.
 */
export const interleaved = async <Sample>(
  rounds: number,
  ours: () => Promise<Sample>,
  beside: () => Promise<Sample>,
): Promise<readonly { readonly ours: Sample; readonly beside: Sample }[]> => {
  const samples: { ours: Sample; beside: Sample }[] = [];
  for (let round = 0; round < rounds; round += 1) {
    if (round % 2 === 0) samples.push({ ours: await ours(), beside: await beside() });
    else {
      const other = await beside();
      samples.push({ ours: await ours(), beside: other });
    }
  }
  return samples;
};

/** A row out of both sides' values, round by round. */
export const compared = (
  figure: string,
  samples: readonly { readonly ours: number; readonly beside: number }[],
  target: Target,
  notes?: Figure['notes'],
): Figure => {
  const ratios = samples.map(({ ours, beside }) => ours / beside);
  const ratio = median(ratios);
  return {
    figure,
    value: median(samples.map(({ ours }) => ours)),
    beside: median(samples.map(({ beside }) => beside)),
    ratio,
    target: target.text,
    ok: target.holds(ratio),
    spread: spreadOf(ratios),
    ...(notes !== undefined && { notes }),
  };
};

/** A row that is held against a number of its own. */
export const absolute = (
  figure: string,
  values: readonly number[],
  target: Target,
  notes?: Figure['notes'],
): Figure => ({
  figure,
  value: median(values),
  beside: null,
  ratio: null,
  target: target.text,
  ok: target.holds(median(values)),
  spread: spreadOf(values),
  ...(notes !== undefined && { notes }),
});
