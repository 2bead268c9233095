import { Failure } from '../failure';

/** The kinds of tests in the order of what they cost: the suffix of the file says which it is. */
export const jestKinds = ['unit', 'int', 'e2e'] as const;
export type JestKind = (typeof jestKinds)[number];

/** End-to-end tests that have a short form, run with the others, and a long one, run on request. */
export const longKinds = ['chaos', 'soak', 'fuzz'] as const;
export type LongKind = (typeof longKinds)[number];

export type TestKind = JestKind | LongKind;
export const testKinds: readonly TestKind[] = [...jestKinds, ...longKinds];

/** A kind as typed. */
export const parseTestKind = (text: string): TestKind => {
  const kind = testKinds.find((known) => known === text);
  if (kind === undefined)
    throw new Failure(`there are no "${text}" tests (there are ${testKinds.join(', ')})`);
  return kind;
};
