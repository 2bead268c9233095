import type { ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/** An answer of the front proxy's own, as the services' are: RFC 9457. */
export interface Problem {
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  readonly error: string;
  readonly retryAfterSeconds?: number;
}

export const unavailable: Problem = {
  status: 503,
  title: 'Service Unavailable',
  detail: 'This part of the platform is not up right now. Try again in a moment.',
  error: 'unavailable',
  retryAfterSeconds: 1,
};

export const notFound: Problem = {
  status: 404,
  title: 'Not Found',
  detail: 'There is nothing at this address.',
  error: 'not_found',
};

const bodyOf = ({ status, title, detail, error }: Problem): string =>
  JSON.stringify({ type: 'about:blank', title, status, detail, error });

const headersOf = (problem: Problem, body: string): Record<string, string> => ({
  'content-type': 'application/problem+json; charset=utf-8',
  'content-length': String(Buffer.byteLength(body)),
  ...(problem.retryAfterSeconds === undefined ? {} : { 'retry-after': String(problem.retryAfterSeconds) }),
});

/** Answers a request; one that is already being answered is broken off, so that nobody takes a part for the whole. */
export const answer = (response: ServerResponse, problem: Problem): void => {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const body = bodyOf(problem);
  response.writeHead(problem.status, headersOf(problem, body)).end(body);
};

/** Answers a request for an upgrade, which has no response of its own yet, and closes. */
export const answerUpgrade = (socket: Duplex, problem: Problem): void => {
  const body = bodyOf(problem);
  const headers = { ...headersOf(problem, body), connection: 'close' };
  const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  if (socket.writable)
    socket.end(`HTTP/1.1 ${problem.status} ${problem.title}\r\n${head.join('')}\r\n${body}`);
};
