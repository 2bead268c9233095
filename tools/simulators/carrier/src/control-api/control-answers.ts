import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import type { ApiRefusal } from '../model/refusal';

const invalid = (reply: FastifyReply, message: string, issues: readonly object[]): FastifyReply =>
  reply.code(400).send({ error: { code: 'invalid_request', message, issues } });

/** Answers 400 and names every field that is wrong. */
export const badRequest = (reply: FastifyReply, error: z.ZodError): FastifyReply =>
  invalid(
    reply,
    z.prettifyError(error),
    error.issues.map(({ path, message }) => ({ path: path.join('.'), message })),
  );

/** Answers what the network refused: a script asked for what cannot be. */
export const cannotBe = (reply: FastifyReply, { status, message }: ApiRefusal): FastifyReply =>
  status === 404
    ? reply.code(404).send({ error: { code: 'not_found', message } })
    : invalid(reply, message, []);
