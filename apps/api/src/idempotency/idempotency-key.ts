import type { FastifyRequest } from 'fastify';
import { ProblemError } from '../http/problem.error';

/** The request's `Idempotency-Key`, where it has one. Throws `invalid_request` for one over 255 characters. */
export const idempotencyKeyOf = (request: FastifyRequest): string | undefined => {
  const header = request.headers['idempotency-key'];
  const key = Array.isArray(header) ? header[0] : header;
  if (key === undefined || key === '') return undefined;
  if (key.length > 255) {
    const errors = [{ field: 'Idempotency-Key', message: 'must have at most 255 characters' }];
    throw new ProblemError('invalid_request', 'The Idempotency-Key is too long.', { errors });
  }
  return key;
};

/** The request's `Idempotency-Key` as a member that services take, or nothing. */
export const providedKeyOf = (request: FastifyRequest): { idempotencyKey?: string } => {
  const idempotencyKey = idempotencyKeyOf(request);
  return idempotencyKey === undefined ? {} : { idempotencyKey };
};
