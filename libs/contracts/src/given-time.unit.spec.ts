import { givenTimeSchema } from './given-time';

describe('a time that is given', () => {
  it.each(['2026-11-01T00:00:00Z', '2026-11-01T00:00:00.123+02:00', '0001-01-01T00:00:00Z'])(
    'may be %s',
    (time) => expect(givenTimeSchema.safeParse(time).success).toBe(true),
  );

  it.each([
    ['without its offset', '2026-11-01T00:00:00'],
    ['of a day that is none', '2026-02-30T00:00:00Z'],
    ['of the year 0', '0000-06-01T00:00:00Z'],
    ['whose offset leaves the first year', '0001-01-01T00:00:00+01:00'],
    ['whose offset leaves the last year', '9999-12-31T23:59:59-01:00'],
  ])('is none %s', (_, time) => expect(givenTimeSchema.safeParse(time).success).toBe(false));
});
