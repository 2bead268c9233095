import type { CallContext, CallResult, routingCalls } from '@claw/contracts';
import type { Clock } from '@claw/kernel';
import { releasePhoneRoute } from '@claw/routing-domain';
import { Inject, Injectable } from '@nestjs/common';
import type { z } from 'zod';
import { CLOCK } from '../../clock';
import { PhoneRoutes } from '../phone-routes';

type ReleaseRoute = z.output<typeof routingCalls.releaseRoute.request>;

/** Lets a number go at its subaccount's wish. */
@Injectable()
export class ReleaseRouteHandler {
  constructor(
    private readonly routes: PhoneRoutes,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async handle(
    { subaccountId, phoneNumber }: ReleaseRoute,
    { actor, requestId }: CallContext,
  ): Promise<CallResult<Record<string, never>>> {
    const decision = await this.routes.execute(
      phoneNumber,
      (route) => releasePhoneRoute(route, { subaccountId, reason: 'requested' }, this.clock.now()),
      { actor, requestId },
    );
    return decision.accepted
      ? { ok: true, value: {} }
      : { ok: false, error: { code: decision.code, detail: decision.detail } };
  }
}
