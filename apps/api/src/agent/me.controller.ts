import { Controller } from '@nestjs/common';
import {
  agentOperations as operations,
  type AnswerOf,
  gatewayCalls,
  routingCalls,
  tenancyCalls,
} from '@claw/contracts';
import type { SubaccountCaller } from '../http/api-request';
import { statusOf } from '../agency/agency.bodies';
import { Endpoint } from '../http/endpoint.decorator';
import { Caller } from '../http/input.decorator';
import { Services } from '../http/services';
import { ownerOf } from './owner-of';

/** What a subaccount's agent may know of itself. */
@Controller()
export class MeController {
  constructor(private readonly services: Services) {}

  @Endpoint(operations.me)
  async me(@Caller() caller: SubaccountCaller): Promise<AnswerOf<typeof operations.me>> {
    const of = ownerOf(caller);
    const [subaccount, { used, resetsAt }, { routes }] = await Promise.all([
      this.services.ask(tenancyCalls.getSubaccount, of, caller),
      this.services.ask(gatewayCalls.usage, of, caller),
      this.services.ask(routingCalls.countRoutes, of, caller),
    ]);
    return {
      id: subaccount.subaccountId,
      name: subaccount.name,
      status: statusOf(subaccount, caller.agencyActive),
      sending_number: subaccount.sendingNumber,
      message_limit: subaccount.messageLimit,
      used,
      resets_at: resetsAt,
      routes,
    };
  }
}
