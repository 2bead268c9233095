import { instant } from '@claw/kernel';
import { problemOf, ProblemError } from './problem.error';

describe('a problem', () => {
  it('says its code, status, a sentence and the request, and nothing else', () => {
    expect(new ProblemError('not_found', 'There is no such route here.').body('req-1')).toEqual({
      type: '/docs/errors#not_found',
      title: 'There is nothing at this address for this key',
      status: 404,
      detail: 'There is no such route here.',
      error: 'not_found',
      request_id: 'req-1',
    });
  });

  it('says when a limit starts anew, and leaves the waiting to its header', () => {
    const resets_at = instant('2026-12-01T00:00:00Z');
    const extras = { resets_at, retryAfterSeconds: 5 };
    const body = new ProblemError('message_limit_reached', 'No more this month.', extras).body('req-1');
    expect(body).toMatchObject({ status: 429, resets_at });
    expect(body).not.toHaveProperty('retryAfterSeconds');
  });

  it("is made of another service's refusal", () => {
    const fields = [{ field: 'name', message: 'too long' }];
    expect(problemOf({ code: 'invalid_request', detail: 'name: too long', fields }).body('r')).toMatchObject({
      status: 422,
      errors: fields,
    });
  });

  it('tells nothing of a code that the contract does not know', () => {
    const problem = problemOf({ code: 'some_inner_code', detail: 'an inner detail' });
    expect(problem.status).toBe(500);
    expect(JSON.stringify(problem.body('r'))).not.toContain('inner');
  });
});
