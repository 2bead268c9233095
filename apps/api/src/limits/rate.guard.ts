import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { maxClaimRows, type RateClass, type RestOperation, type VolumeLimits } from '@claw/contracts';
import type { FastifyReply } from 'fastify';
import type { ApiRequest } from '../http/api-request';
import { operationKey } from '../http/endpoint.decorator';
import { ProblemError } from '../http/problem.error';
import { RateCounters } from './rate.counters';
import { windowMs } from './rate-window';

const windowSeconds = windowMs / 1_000;

const rates: Record<RateClass, { limit: (limits: VolumeLimits) => number; what: string }> = {
  provisioning: { limit: (limits) => limits.provisioningPerMinute, what: 'provisioning calls' },
  claims: { limit: (limits) => limits.claimsPerMinute, what: 'claims of phone numbers' },
  requests: { limit: (limits) => limits.requestsPerMinute, what: 'calls' },
};

/**
 * Counts each call against its volume limits and says what is left, whatever comes of the call: in `RateLimit-Policy`
 * and `RateLimit` as draft-ietf-httpapi-ratelimit-headers-10 has them (the same in -11).
 */
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
    const policies: string[] = [];
    const counts: string[] = [];
    for (const rate of ratesOf(operation, request)) {
      const limit = rates[rate].limit(request.caller.limits);
      const cost = costOf(request, rate);
      const count = await this.counters.count(rate, ownerOf(request, rate), cost, limit);
      const resetSeconds = Math.ceil(count.resetMs / 1_000);
      policies.push(`"${rate}";q=${limit};w=${windowSeconds}`);
      counts.push(`"${rate}";r=${count.remaining};t=${resetSeconds}`);
      reply.header('ratelimit-policy', policies.join(', '));
      reply.header('ratelimit', counts.join(', '));
      if (!count.allowed) throw tooMany(rate, limit, cost, resetSeconds);
    }
    return true;
  }
}

/** Waiting helps only a call that fits under the limit at all. */
const tooMany = (rate: RateClass, limit: number, cost: number, resetSeconds: number): ProblemError => {
  const allowed = `${limit} ${rates[rate].what} a minute are allowed`;
  return cost > limit
    ? new ProblemError('rate_limited', `Only ${allowed}, and this is ${cost} at once.`)
    : new ProblemError('rate_limited', `Too many: ${allowed}. Wait, then go on.`, {
        retryAfterSeconds: resetSeconds,
      });
};

const memberOf = ({ body }: ApiRequest, name: string): unknown =>
  typeof body === 'object' && body !== null ? (body as Record<string, unknown>)[name] : undefined;

const ratesOf = ({ rate, claimsIf }: RestOperation, request: ApiRequest): readonly RateClass[] =>
  claimsIf !== undefined && memberOf(request, claimsIf) === true ? [rate, 'claims'] : [rate];

/** Claims and provisioning are counted per agency, whichever of its keys calls; the rest per key. */
const ownerOf = ({ caller, keyHash }: ApiRequest, rate: RateClass): string =>
  rate !== 'requests' && caller.kind !== 'operator' ? caller.agencyId : keyHash;

/** A bulk claim counts by its rows; one of more rows than a call may have is refused for that, not for its rate. */
const costOf = (request: ApiRequest, rate: RateClass): number => {
  const rows = rate === 'claims' ? memberOf(request, 'phone_numbers') : undefined;
  return Array.isArray(rows) && rows.length <= maxClaimRows ? Math.max(1, rows.length) : 1;
};
