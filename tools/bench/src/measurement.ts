import type { Figure } from './figure';

export interface Measurement {
  readonly name: string;
  /** Takes minutes, is made once and only in a full run; its rows are marked ◆. */
  readonly long?: boolean;
  readonly measure: () => Promise<readonly Figure[]>;
}

/** Those of a run. Throws where the name fits none of them. */
export const choose = (
  measurements: readonly Measurement[],
  { only = '', full = false }: { readonly only?: string; readonly full?: boolean },
): readonly Measurement[] => {
  const within = measurements.filter(({ long = false }) => full || !long);
  const chosen = within.filter(({ name }) => name.includes(only));
  if (chosen.length > 0) return chosen;
  const names = measurements.map(({ name, long }) => (long ? `${name} (with --full)` : name));
  throw new Error(`no measurement has "${only}" in its name (there are ${names.join(', ')})`);
};

export const markedLong = (figure: Figure): Figure => ({ ...figure, figure: `◆ ${figure.figure}` });
