import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { RateClass, RestOperation, VolumeLimits } from '@claw/contracts';
import type { FastifyReply } from 'fastify';
import type { ApiRequest } from '../http/api-request';
import { operationKey } from '../http/endpoint.decorator';
import { ProblemError } from '../http/problem.error';
import { RateCounters } from './rate.counters';

const windowSeconds = 60;

const quotaOf: Record<RateClass, (limits: VolumeLimits) => number> = {
  provisioning: (limits) => limits.provisioningPerMinute,
  claims: (limits) => limits.claimsPerMinute,
  requests: (limits) => limits.requestsPerMinute,
};

/** Counts each call against its volume limit and says in `RateLimit` headers what is left. */
@Injectable()
export class RateGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly counters: RateCounters,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const operation = this.reflector.get<RestOperation | undefined>(operationKey, context.getHandler());
    if (operation === undefined) return true;
    const request = context.switchToHttp().getRequest<ApiRequest>();
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    const { rate } = operation;
    const quota = quotaOf[rate](request.caller.limits);
    const count = await this.counters.count(rate, ownerOf(request, rate), costOf(request, rate), quota);
    const resetSeconds = Math.ceil(count.resetMs / 1_000);
    reply.header('ratelimit-policy', `"${rate}";q=${quota};w=${windowSeconds}`);
    reply.header('ratelimit', `"${rate}";r=${Math.max(0, count.remaining)};t=${resetSeconds}`);
    if (!count.allowed) {
      throw new ProblemError(
        'rate_limited',
        `Too many calls: ${quota} a minute are allowed. Wait, then go on.`,
        {
          retryAfterSeconds: resetSeconds,
        },
      );
    }
    return true;
  }
}

/** Claims and provisioning are counted per agency, whichever of its keys calls; the rest per key. */
const ownerOf = ({ caller, keyHash }: ApiRequest, rate: RateClass): string =>
  rate !== 'requests' && caller.kind !== 'operator' ? caller.agencyId : keyHash;

/** A bulk claim counts by its rows. */
const costOf = ({ body }: ApiRequest, rate: RateClass): number => {
  const isBulk = rate === 'claims' && typeof body === 'object' && body !== null && 'phone_numbers' in body;
  return isBulk && Array.isArray(body.phone_numbers) ? Math.max(1, body.phone_numbers.length) : 1;
};
