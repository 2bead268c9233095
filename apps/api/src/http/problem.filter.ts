import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import { Unavailable } from '@claw/kernel';
import type { FastifyReply } from 'fastify';
import { maxBodyBytes } from '@claw/contracts';
import type { ApiRequest } from './api-request';
import { discardBody } from './discard-body';
import { ProblemError } from './problem.error';

/** When to try again after an outage, whoever told of it. */
const outageSeconds = 2;

/** The one place where whatever went wrong becomes an `application/problem+json` answer. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('Problem');

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<ApiRequest>();
    const reply = http.getResponse<FastifyReply>();
    const problem = this.problemFor(error);
    const { retryAfterSeconds = problem.status === 503 ? outageSeconds : undefined } = problem.extras;
    if (retryAfterSeconds !== undefined) {
      reply.header('retry-after', String(Math.max(1, Math.ceil(retryAfterSeconds))));
    }
    if (problem.status === 401) reply.header('www-authenticate', 'Bearer');
    const body = JSON.stringify({ ...problem.body(String(request.id)), ...this.membersOf(request) });
    reply.status(problem.status).header('content-type', 'application/problem+json; charset=utf-8');
    if (problem.code === 'body_too_large') void discardBody(request.raw).then(() => reply.send(body));
    else reply.send(body);
  }

  /** What an answer of some operations carries beside the standard members. */
  protected membersOf(_request: ApiRequest): Record<string, unknown> {
    return {};
  }

  private problemFor(error: unknown): ProblemError {
    if (error instanceof ProblemError) return error;
    if (error instanceof Unavailable) {
      this.logger.warn({ part: error.part }, 'a part behind is unavailable');
      return new ProblemError(
        'unavailable',
        'A part of the platform is down just now. Try again in a moment.',
      );
    }
    const code = codeOf(error);
    if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
      return new ProblemError('body_too_large', `The body is over ${maxBodyBytes / 1024} KiB.`);
    }
    const status = error instanceof HttpException ? error.getStatus() : statusOf(error);
    if (status === 404) return new ProblemError('not_found', 'There is nothing at this address.');
    if (status === 413)
      return new ProblemError('body_too_large', `The body is over ${maxBodyBytes / 1024} KiB.`);
    if (status >= 400 && status < 500)
      return new ProblemError('malformed_json', 'The body must be valid JSON.');
    this.logger.error({ err: error }, 'a request failed');
    return new ProblemError('internal', 'Something went wrong on our side. The outcome is unknown.');
  }
}

const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';

const statusOf = (error: unknown): number =>
  typeof error === 'object' && error !== null && 'statusCode' in error ? Number(error.statusCode) : 500;
