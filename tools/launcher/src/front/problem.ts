import type { ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { newId } from '@claw/kernel';

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

export const headersTooLarge: Problem = {
  status: 431,
  title: 'Request Header Fields Too Large',
  detail: 'The headers together are over 16 KiB.',
  error: 'headers_too_large',
};

export const malformed: Problem = {
  status: 400,
  title: 'Bad Request',
  detail: 'The request could not be read: it must be HTTP/1.1.',
  error: 'malformed_request',
};

export const timedOut: Problem = {
  status: 408,
  title: 'Request Timeout',
  detail: 'The request did not end in time. Send it again.',
  error: 'request_timeout',
};

const bodyOf = ({ status, title, detail, error }: Problem, requestId: string): string =>
  JSON.stringify({ type: 'about:blank', title, status, detail, error, request_id: requestId });

const headersOf = (problem: Problem, requestId: string, body: string): Record<string, string> => ({
  'x-request-id': requestId,
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
  const id = newId();
  const body = bodyOf(problem, id);
  response.writeHead(problem.status, headersOf(problem, id, body)).end(body);
};

/** Answers where there is no response to answer with, as to an upgrade or what can't be read, and closes. */
export const answerSocket = (socket: Duplex, problem: Problem): void => {
  const id = newId();
  const body = bodyOf(problem, id);
  const headers = { ...headersOf(problem, id, body), connection: 'close' };
  const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  if (!socket.writable) return void socket.destroy();
  socket.end(`HTTP/1.1 ${problem.status} ${problem.title}\r\n${head.join('')}\r\n${body}`);
};
