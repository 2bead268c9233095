import type { IncomingMessage } from 'node:http';
import { REQUEST_ID_HEADER, extractTrace, requestIdOf, withSpan } from '@claw/observability';
import type { FastifyInstance } from 'fastify';

/** A request's id: the caller's own where it is sane. */
export const genReqId = (request: Pick<IncomingMessage, 'headers'>): string =>
  requestIdOf(request.headers[REQUEST_ID_HEADER]);

/** Every answer carries its request's id, and every request is a span of the trace that it came with. */
export const addRequestHooks = (fastify: FastifyInstance): void => {
  fastify.addHook('onRequest', (request, reply, done) => {
    reply.header(REQUEST_ID_HEADER, request.id);
    const { method, routeOptions, headers } = request;
    const closed = new Promise<void>((resolve) => reply.raw.once('close', resolve));
    void withSpan(`${method} ${routeOptions.url ?? 'unknown'}`, extractTrace(headers), async (span) => {
      done();
      await closed;
      span.setAttribute('http.response.status_code', reply.statusCode);
    });
  });
};
