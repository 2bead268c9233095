import { lineOf, sum, totalsOf } from './totals';

const report = {
  numPassedTests: 5,
  numFailedTests: 1,
  numPendingTests: 2,
  numTodoTests: 1,
  numRuntimeErrorTestSuites: 1,
};

describe('the totals of a test run', () => {
  it('count a file that broke before its tests ran as one that failed', () => {
    expect(totalsOf(JSON.stringify(report))).toEqual({ passed: 5, failed: 2, skipped: 3 });
  });

  it('add up to one plain line', () => {
    const all = sum([
      { passed: 5, failed: 0, skipped: 0 },
      { passed: 7, failed: 1, skipped: 0 },
    ]);
    expect(lineOf(all)).toBe('12 passed, 1 failed');
  });

  it('name the skipped ones where there are any', () => {
    expect(lineOf({ passed: 1, failed: 0, skipped: 2 })).toBe('1 passed, 0 failed, 2 skipped');
  });
});
