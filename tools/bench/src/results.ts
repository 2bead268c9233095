import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { textTable } from '@claw/kernel';
import type { Figure } from './figure';

const shown = (value: number | null): string =>
  value === null ? '–' : value >= 100 ? String(Math.round(value)) : value.toPrecision(3);

/** The figures as a table for people. */
export const tableOf = (figures: readonly Figure[]): string =>
  textTable([
    ['figure', 'ours', 'beside', 'ratio', 'spread', 'target', ''],
    ...figures.map(({ figure, value, beside, ratio, spread, target, ok }) => [
      figure,
      shown(value),
      shown(beside),
      shown(ratio),
      `${shown(spread[0])}–${shown(spread[1])}`,
      target,
      ok ? 'ok' : 'MISSED',
    ]),
  ]);

/** The notes of the figures, a line each. */
export const notesOf = (figures: readonly Figure[]): readonly string[] =>
  figures.flatMap(({ figure, notes = {} }) =>
    Object.entries(notes).map(([name, value]) => `  ${figure} · ${name}: ${value}`),
  );

/** Keeps the figures as JSON below `folder`, by the time they were taken; answers the file. */
export const keepResults = async (folder: string, figures: readonly Figure[], at: Date): Promise<string> => {
  await mkdir(folder, { recursive: true });
  const file = join(folder, `${at.toISOString().replaceAll(':', '-')}.json`);
  await writeFile(file, `${JSON.stringify(figures, null, 2)}\n`);
  return file;
};
