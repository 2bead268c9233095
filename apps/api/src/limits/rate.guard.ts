import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { maxClaimRows, type RateClass, type RestOperation, type VolumeLimits } from '@claw/contracts';
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
    const rates = [operation.rate, ...(claimsToo(operation, request) ? (['claims'] as const) : [])];
    const policies: string[] = [];
    const counts: string[] = [];
    for (const rate of rates) {
      const quota = quotaOf[rate](request.caller.limits);
      const count = await this.counters.count(rate, ownerOf(request, rate), costOf(request, rate), quota);
      const resetSeconds = Math.ceil(count.resetMs / 1_000);
      policies.push(`"${rate}";q=${quota};w=${windowSeconds}`);
      counts.push(`"${rate}";r=${Math.max(0, count.remaining)};t=${resetSeconds}`);
      reply.header('ratelimit-policy', policies.join(', '));
      reply.header('ratelimit', counts.join(', '));
      if (!count.allowed) throw tooMany(quota, resetSeconds);
    }
    return true;
  }
}

const tooMany = (quota: number, resetSeconds: number): ProblemError =>
  new ProblemError('rate_limited', `Too many calls: ${quota} a minute are allowed. Wait, then go on.`, {
    retryAfterSeconds: resetSeconds,
  });

const memberOf = ({ body }: ApiRequest, name: string): unknown =>
  typeof body === 'object' && body !== null ? (body as Record<string, unknown>)[name] : undefined;

const claimsToo = ({ claimsIf }: RestOperation, request: ApiRequest): boolean =>
  claimsIf !== undefined && memberOf(request, claimsIf) === true;

/** Claims and provisioning are counted per agency, whichever of its keys calls; the rest per key. */
const ownerOf = ({ caller, keyHash }: ApiRequest, rate: RateClass): string =>
  rate !== 'requests' && caller.kind !== 'operator' ? caller.agencyId : keyHash;

/** A bulk claim counts by its rows; one of more rows than a call may have is refused for that, not for its rate. */
const costOf = (request: ApiRequest, rate: RateClass): number => {
  const rows = rate === 'claims' ? memberOf(request, 'phone_numbers') : undefined;
  return Array.isArray(rows) && rows.length <= maxClaimRows ? Math.max(1, rows.length) : 1;
};
