import { createHash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { ApiRequest } from '../http/api-request';
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

/** What an `Idempotency-Key` is known by here: it says something only together with the API key that it came with. */
export const idempotencyNameOf = ({ keyHash }: Pick<ApiRequest, 'keyHash'>, key: string): string =>
  createHash('sha256')
    .update(JSON.stringify([keyHash, key]))
    .digest('hex');

/** The name of the wish for something new, as a member that services take; nothing where the request has no key. */
export const wishNameOf = (request: ApiRequest): { idempotencyKey?: string } => {
  const key = idempotencyKeyOf(request);
  return key === undefined ? {} : { idempotencyKey: idempotencyNameOf(request, key) };
};
