import type { IncomingMessage } from 'node:http';
import { REQUEST_ID_HEADER, extractTrace, requestIdOf, requestLog, withSpan } from '@claw/observability';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';

/** A request's id: the caller's own where it is sane. */
export const genReqId = (request: Pick<IncomingMessage, 'headers'>): string =>
  requestIdOf(request.headers[REQUEST_ID_HEADER]);

/** Every answer carries its request's id; every request is a line in the log and a span of the trace that it came with. */
export const addRequestHooks = (fastify: FastifyInstance, logger: Logger): void => {
  const log = requestLog(logger);
  fastify.addHook('onRequest', (request, reply, done) => {
    reply.header(REQUEST_ID_HEADER, request.id);
    log(Object.assign(request.raw, { id: request.id }), reply.raw);
    const { method, routeOptions, headers } = request;
    const closed = new Promise<void>((resolve) => reply.raw.once('close', resolve));
    void withSpan(`${method} ${routeOptions.url ?? 'unknown'}`, extractTrace(headers), async (span) => {
      done();
      await closed;
      span.setAttribute('http.response.status_code', reply.statusCode);
    });
  });
};
