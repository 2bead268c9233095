import { Controller } from '@nestjs/common';
import { agencyOperations as operations, type AnswerOf, type InputOf, tenancyCalls } from '@claw/contracts';
import type { AgencyCaller } from '../http/api-request';
import { Endpoint } from '../http/endpoint.decorator';
import { Caller, Input } from '../http/input.decorator';
import { Services } from '../http/services';
import { PhoneRoutes } from '../routes/phone-routes';

/** Phone routes of a subaccount, as its agency manages them. */
@Controller()
export class SubaccountRoutesController {
  constructor(
    private readonly services: Services,
    private readonly routes: PhoneRoutes,
  ) {}

  @Endpoint(operations.claimSubaccountRoutes)
  async claim(
    @Input() { params, body }: InputOf<typeof operations.claimSubaccountRoutes>,
    @Caller() caller: AgencyCaller,
  ): Promise<AnswerOf<typeof operations.claimSubaccountRoutes>> {
    const of = await this.owned(params.id, caller);
    return body.phone_number === undefined
      ? { data: await this.routes.claimMany(of, body.phone_numbers ?? [], caller) }
      : this.routes.claim(of, body.phone_number, caller);
  }

  @Endpoint(operations.listSubaccountRoutes)
  async list(
    @Input() { params, query }: InputOf<typeof operations.listSubaccountRoutes>,
    @Caller() caller: AgencyCaller,
  ): Promise<AnswerOf<typeof operations.listSubaccountRoutes>> {
    return this.routes.list(await this.owned(params.id, caller), query, caller);
  }

  @Endpoint(operations.releaseSubaccountRoute)
  async release(
    @Input() { params }: InputOf<typeof operations.releaseSubaccountRoute>,
    @Caller() caller: AgencyCaller,
  ): Promise<void> {
    await this.routes.release(await this.owned(params.id, caller), params.phone_number, caller);
  }

  /** Refuses `not_found` for a subaccount that isn't this agency's, before routing is asked. */
  private async owned(subaccountId: string, caller: AgencyCaller) {
    const of = { agencyId: caller.agencyId, subaccountId };
    await this.services.ask(tenancyCalls.getSubaccount, of, caller);
    return of;
  }
}
