import { type CallResult, gatewayCalls, type SendResult } from '@claw/contracts';
import { Answers, type Rebuilt } from '@claw/messaging';
import { Controller, Inject } from '@nestjs/common';
import type { z } from 'zod';
import { Gateway } from './gateway';
import { sendsAnswered } from './metrics';
import type { Usage } from './quota/usage.query';

type Request<Name extends keyof typeof gatewayCalls> = z.output<(typeof gatewayCalls)[Name]['request']>;

/** What other services may ask of any gateway. */
@Controller()
export class GatewayController {
  constructor(@Inject(Gateway) private readonly gateway: Gateway) {}

  @Answers(gatewayCalls.send)
  async send({ subaccountId, agencyId, frame }: Request<'send'>): Promise<CallResult<SendResult>> {
    const result = await this.gateway.sends.send(subaccountId, agencyId, frame);
    sendsAnswered.inc({ outcome: result.ok ? 'accepted' : result.errorCode });
    return { ok: true, value: result };
  }

  @Answers(gatewayCalls.usage)
  async usage({ subaccountId }: Request<'usage'>): Promise<CallResult<Usage>> {
    return { ok: true, value: await this.gateway.usage.of(subaccountId) };
  }

  @Answers(gatewayCalls.rebuild)
  async rebuild(): Promise<CallResult<Rebuilt>> {
    return { ok: true, value: await this.gateway.rebuildQuota.handle() };
  }
}
