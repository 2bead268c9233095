import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ApiRefusal } from '../model/refusal';

const docUrl = (code: number): string =>
  `https://docs.linqapp.com/error/codes/${Math.floor(code / 1000)}xxx/${code}/`;

/** Answers with Linq's error body, and `Retry-After` where waiting helps. */
export const refuse = (request: FastifyRequest, reply: FastifyReply, refused: ApiRefusal): FastifyReply => {
  const { status, code, message, retryAfter } = refused;
  if (retryAfter !== undefined) reply.header('retry-after', retryAfter);
  return reply.code(status).send({
    success: false,
    error: {
      status,
      code,
      message,
      doc_url: docUrl(code),
      ...(retryAfter === undefined ? {} : { retry_after: retryAfter }),
    },
    trace_id: request.id,
  });
};
