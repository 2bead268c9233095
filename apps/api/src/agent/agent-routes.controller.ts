import { Controller } from '@nestjs/common';
import { agentOperations as operations, type AnswerOf, type InputOf } from '@claw/contracts';
import type { SubaccountCaller } from '../http/api-request';
import { Endpoint } from '../http/endpoint.decorator';
import { Caller, Input } from '../http/input.decorator';
import { PhoneRoutes } from '../routes/phone-routes';
import { ownerOf } from './owner-of';

/** Phone routes, as the subaccount's own key handles them. */
@Controller()
export class AgentRoutesController {
  constructor(private readonly routes: PhoneRoutes) {}

  @Endpoint(operations.claimRoute)
  claim(
    @Input() { body }: InputOf<typeof operations.claimRoute>,
    @Caller() caller: SubaccountCaller,
  ): Promise<AnswerOf<typeof operations.claimRoute>> {
    return this.routes.claim(ownerOf(caller), body.phone_number, caller);
  }

  @Endpoint(operations.listRoutes)
  list(
    @Input() { query }: InputOf<typeof operations.listRoutes>,
    @Caller() caller: SubaccountCaller,
  ): Promise<AnswerOf<typeof operations.listRoutes>> {
    return this.routes.list(ownerOf(caller), query, caller);
  }

  @Endpoint(operations.releaseRoute)
  release(
    @Input() { params }: InputOf<typeof operations.releaseRoute>,
    @Caller() caller: SubaccountCaller,
  ): Promise<void> {
    return this.routes.release(ownerOf(caller), params.phone_number, caller);
  }
}
