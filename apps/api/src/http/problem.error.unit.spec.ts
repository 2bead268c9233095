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

  it('carries the members of a refused send beside the standard ones', () => {
    const problem = new ProblemError('message_limit_reached', 'No more this month.', {
      members: { ok: false, id: 'msg-1' },
      retryAfterSeconds: 5,
    });
    expect(problem.body('req-1')).toMatchObject({ status: 429, ok: false, id: 'msg-1' });
    expect(problem.body('req-1')).not.toHaveProperty('retryAfterSeconds');
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
