import { endOfMonth, instant, monthOf, plusMs } from './instant';

describe('an instant', () => {
  it('is a UTC time with milliseconds, whatever zone it was written in', () => {
    expect(instant('2026-11-23T23:30:00-02:00')).toBe('2026-11-24T01:30:00.000Z');
  });

  it('is refused where there is none', () => expect(() => instant('soon')).toThrow(RangeError));

  it('moves by milliseconds', () => {
    expect(plusMs(instant('2026-11-23T23:59:59.999Z'), 1)).toBe('2026-11-24T00:00:00.000Z');
  });
});

describe('a month', () => {
  it('is that of UTC', () => expect(monthOf(instant('2026-12-01T00:30:00+01:00'))).toBe('2026-11'));

  it('ends where the next begins, over the end of a year', () => {
    expect(endOfMonth(monthOf(instant('2026-12-31T23:59:59Z')))).toBe('2027-01-01T00:00:00.000Z');
  });
});
