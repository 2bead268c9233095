import { Injectable } from '@nestjs/common';
import type { CallContext, ServiceCall } from '@claw/contracts';
import { ServiceClient } from '@claw/messaging';
import { problemOf } from './problem.error';

/** Under a rush calls wait their turn behind; a caller of ours waits longer than that, but not for ever. */
const answerWithinMs = 20_000;

/** Asks the services behind; their refusals become problems. */
@Injectable()
export class Services {
  constructor(private readonly client: ServiceClient) {}

  /** The reply's value. Throws ProblemError for a refusal, Unavailable where nobody answers in time. */
  async ask<Request, Reply>(
    call: ServiceCall<Request, Reply>,
    request: Request,
    { actor, requestId }: CallContext,
  ): Promise<Reply> {
    const result = await this.client.call(call, request, { actor, requestId }, { timeoutMs: answerWithinMs });
    if (result.ok) return result.value;
    throw problemOf(result.error);
  }
}
