import { z } from 'zod';

/** How many tests went how. */
export interface Totals {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

const jestReportSchema = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numPendingTests: z.number(),
  numTodoTests: z.number(),
  numRuntimeErrorTestSuites: z.number(),
});

export const none: Totals = { passed: 0, failed: 0, skipped: 0 };

/** The totals of what Jest wrote with `--json`; a file that broke before its tests ran counts as one that failed. */
export const totalsOf = (report: string): Totals => {
  const jest = jestReportSchema.parse(JSON.parse(report));
  return {
    passed: jest.numPassedTests,
    failed: jest.numFailedTests + jest.numRuntimeErrorTestSuites,
    skipped: jest.numPendingTests + jest.numTodoTests,
  };
};

export const sum = (all: readonly Totals[]): Totals =>
  all.reduce(
    (left, right) => ({
      passed: left.passed + right.passed,
      failed: left.failed + right.failed,
      skipped: left.skipped + right.skipped,
    }),
    none,
  );

/** `N passed, N failed`, and how many were skipped where any were. */
export const lineOf = ({ passed, failed, skipped }: Totals): string =>
  `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
