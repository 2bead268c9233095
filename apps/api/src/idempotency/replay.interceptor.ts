import { createHash } from 'node:crypto';
import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { RestOperation } from '@claw/contracts';
import type { FastifyReply } from 'fastify';
import { from, lastValueFrom, type Observable } from 'rxjs';
import type { ApiRequest } from '../http/api-request';
import { operationKey } from '../http/endpoint.decorator';
import { ProblemError } from '../http/problem.error';
import { idempotencyKeyOf, idempotencyNameOf } from './idempotency-key';
import { type Replay, ReplayStore } from './replay.store';

/**
 * `Idempotency-Key` on changes: the first answer comes again for 24 h, without secrets. A call that failed or was
 * refused leaves no trace, so it may be tried again; one whose outcome is unknown is carried out again, which the
 * services behind make safe.
 */
@Injectable()
export class ReplayInterceptor implements NestInterceptor {
  constructor(
    private readonly reflector: Reflector,
    private readonly store: ReplayStore,
  ) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const operation = this.reflector.get<RestOperation | undefined>(operationKey, context.getHandler());
    if (operation?.replayable !== true) return next.handle();
    const request = context.switchToHttp().getRequest<ApiRequest>();
    const key = idempotencyKeyOf(request);
    if (key === undefined) return next.handle();

    const name = idempotencyNameOf(request, key);
    const content = digest([request.method, request.url, request.input]);
    const first = await this.store.reserve(name, content);
    if (first.kind === 'conflict') {
      throw new ProblemError(
        'idempotency_conflict',
        'This Idempotency-Key was used with other content before.',
      );
    }
    if (first.kind === 'answered') {
      const reply = context.switchToHttp().getResponse<FastifyReply>();
      reply.header('idempotent-replayed', 'true');
      return from([first.answer]);
    }
    return from(this.carryOut(name, first, next));
  }

  private async carryOut(
    name: string,
    reservation: Replay & { kind: 'reserved' },
    next: CallHandler,
  ): Promise<unknown> {
    try {
      const answer: unknown = await lastValueFrom(next.handle());
      await this.store.answered(name, reservation, withoutSecrets(answer));
      return answer;
    } catch (error) {
      if (error instanceof ProblemError && error.status < 500) await this.store.release(name, reservation);
      else this.store.giveUp(name, reservation);
      throw error;
    }
  }
}

const digest = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('hex');

const withoutSecrets = (answer: unknown): unknown => {
  if (typeof answer !== 'object' || answer === null) return answer;
  const { api_key: _secret, ...rest } = answer as Record<string, unknown>;
  return rest;
};
