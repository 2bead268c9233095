import type { Unreadable, UnroutableAnswer } from '@claw/service';
import { ProblemError } from './problem.error';

/** An address that can't be read names nothing: the answer of any other address that isn't there. */
export const unroutable = (requestId: string): UnroutableAnswer => {
  const problem = new ProblemError('not_found', 'There is nothing at this address.');
  return { status: problem.status, ...answerOf(problem, requestId) };
};

const problems = {
  400: new ProblemError('malformed_request', 'The request could not be read: it must be HTTP/1.1.'),
  408: new ProblemError('request_timeout', 'The request did not end in time. Send it again.'),
  431: new ProblemError('headers_too_large', 'The headers together are over 16 KiB.'),
} as const;

/** What is no readable request gets a problem all the same. */
export const unreadable: Unreadable = (status, requestId) => answerOf(problems[status], requestId);

const answerOf = (problem: ProblemError, requestId: string) => ({
  contentType: 'application/problem+json; charset=utf-8',
  body: JSON.stringify(problem.body(requestId)),
});
