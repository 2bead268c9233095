import { Injectable } from '@nestjs/common';
import type { CallContext, ServiceCall } from '@claw/contracts';
import { ServiceClient } from '@claw/messaging';
import { problemOf } from './problem.error';

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
    const result = await this.client.call(call, request, { actor, requestId });
    if (result.ok) return result.value;
    throw problemOf(result.error);
  }
}
