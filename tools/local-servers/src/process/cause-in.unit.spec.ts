import { causeIn } from './start-server';

describe('the cause in a log', () => {
  it('is the first line that speaks of a failure', () => {
    expect(causeIn('starting\n[FTL] Error listening on port\nbye\n')).toBe('[FTL] Error listening on port');
  });

  it('is the last line where none does', () => {
    expect(causeIn('starting\nhm\n\n')).toBe('hm');
  });

  it('is not what the readiness check itself brought about', () => {
    expect(causeIn('FATAL:  the database system is starting up\nPANIC:  no space left on device')).toBe(
      'PANIC:  no space left on device',
    );
  });

  it('is given without the colours it was logged in', () => {
    expect(causeIn('\u001b[31mError: \u001b[39mout of luck')).toBe('Error: out of luck');
  });

  it('is nothing in an empty log', () => {
    expect(causeIn('\n')).toBeUndefined();
  });
});
