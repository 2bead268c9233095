import type { ArgumentsHost } from '@nestjs/common';
import { Unavailable } from '@claw/kernel';
import { ProblemError } from './problem.error';
import { ProblemFilter } from './problem.filter';

describe('an answer that something went wrong', () => {
  it.each([
    ['a part that is down', new Unavailable('tenancy')],
    ['a refusal that says so', new ProblemError('unavailable', 'The number could not be claimed just now.')],
  ])('says when to try again after %s', (_, error) => {
    expect(answerTo(error)).toMatchObject({ status: 503, headers: { 'retry-after': '2' } });
  });

  it('says when to try again as the refusal does', () => {
    const error = new ProblemError('rate_limited', 'Too many calls.', { retryAfterSeconds: 41.2 });
    expect(answerTo(error)).toMatchObject({ status: 429, headers: { 'retry-after': '42' } });
  });

  it('does not ask to try again where that does not help', () => {
    const { headers } = answerTo(new ProblemError('not_found', 'There is no such subaccount here.'));
    expect(headers).not.toHaveProperty('retry-after');
  });
});

const answerTo = (error: unknown) => {
  const answer = { status: 0, headers: {} as Record<string, string> };
  const reply = {
    status: (status: number) => ((answer.status = status), reply),
    header: (name: string, value: string) => ((answer.headers[name] = value), reply),
    send: () => reply,
  };
  const http = { getRequest: () => ({ id: 'request-1' }), getResponse: () => reply };
  new ProblemFilter().catch(error, { switchToHttp: () => http } as Partial<ArgumentsHost> as ArgumentsHost);
  return answer;
};
