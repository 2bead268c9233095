import { ProblemError } from './problem.error';

/** An address that can't be read names nothing: the answer of any other address that isn't there. */
export const unroutable = (requestId: string) => {
  const problem = new ProblemError('not_found', 'There is nothing at this address.');
  return {
    status: problem.status,
    contentType: 'application/problem+json; charset=utf-8',
    body: JSON.stringify(problem.body(requestId)),
  };
};
