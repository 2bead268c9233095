import { Controller, Req } from '@nestjs/common';
import {
  agencyOperations as operations,
  type AnswerOf,
  type InputOf,
  routingCalls,
  tenancyCalls,
} from '@claw/contracts';
import { instant, monthOf } from '@claw/kernel';
import type { AgencyCaller, ApiRequest } from '../http/api-request';
import { Endpoint } from '../http/endpoint.decorator';
import { Caller, Input } from '../http/input.decorator';
import { Services } from '../http/services';
import { wishNameOf } from '../idempotency/idempotency-key';
import { auditBody, subaccountBody } from './agency.bodies';

/** Subaccounts as their agency manages them. */
@Controller()
export class SubaccountsController {
  constructor(private readonly services: Services) {}

  @Endpoint(operations.provisionSubaccount)
  async provision(
    @Input() { body }: InputOf<typeof operations.provisionSubaccount>,
    @Caller() caller: AgencyCaller,
    @Req() request: ApiRequest,
  ): Promise<AnswerOf<typeof operations.provisionSubaccount>> {
    const { subaccount, apiKey } = await this.services.ask(
      tenancyCalls.provisionSubaccount,
      {
        agencyId: caller.agencyId,
        name: body.name,
        email: body.email,
        externalId: body.external_id,
        messageLimit: body.message_limit,
        subaccountCap: caller.limits.subaccountsPerAgency,
        ...wishNameOf(request),
      },
      caller,
    );
    const { id, ...rest } = subaccountBody(subaccount, caller);
    return apiKey === null ? { id, ...rest } : { id, api_key: apiKey, ...rest };
  }

  @Endpoint(operations.listSubaccounts)
  async list(
    @Input() { query }: InputOf<typeof operations.listSubaccounts>,
    @Caller() caller: AgencyCaller,
  ): Promise<AnswerOf<typeof operations.listSubaccounts>> {
    const { external_id: externalId, status, ...page } = query;
    // While the agency is stopped none of its subaccounts is active, and all that aren't closed are suspended.
    if (status === 'active' && !caller.agencyActive) return { data: [], next_cursor: null };
    const wanted = status === 'suspended' && !caller.agencyActive ? undefined : status;
    const { data, nextCursor } = await this.services.ask(
      tenancyCalls.listSubaccounts,
      { agencyId: caller.agencyId, externalId, status: wanted, ...page },
      caller,
    );
    return { data: data.map((subaccount) => subaccountBody(subaccount, caller)), next_cursor: nextCursor };
  }

  @Endpoint(operations.getSubaccount)
  async get(
    @Input() { params }: InputOf<typeof operations.getSubaccount>,
    @Caller() caller: AgencyCaller,
  ): Promise<AnswerOf<typeof operations.getSubaccount>> {
    const of = { agencyId: caller.agencyId, subaccountId: params.id };
    const subaccount = await this.services.ask(tenancyCalls.getSubaccount, of, caller);
    const month = monthOf(instant(Date.now()));
    const [{ rows }, { routes }] = await Promise.all([
      this.services.ask(routingCalls.usage, { ...of, month }, caller),
      this.services.ask(routingCalls.countRoutes, of, caller),
    ]);
    return {
      ...subaccountBody(subaccount, caller),
      suspensions: subaccount.suspensions,
      created_at: subaccount.createdAt,
      usage: { month, messages_out: rows[0]?.messagesOut ?? 0, messages_in: rows[0]?.messagesIn ?? 0 },
      routes,
    };
  }

  @Endpoint(operations.changeSubaccount)
  async change(
    @Input() { params, body }: InputOf<typeof operations.changeSubaccount>,
    @Caller() caller: AgencyCaller,
  ): Promise<AnswerOf<typeof operations.changeSubaccount>> {
    const { name, email, message_limit: messageLimit } = body;
    const of = { agencyId: caller.agencyId, subaccountId: params.id };
    return subaccountBody(
      await this.services.ask(tenancyCalls.changeSubaccount, { ...of, name, email, messageLimit }, caller),
      caller,
    );
  }

  @Endpoint(operations.rotateSubaccountKey)
  async rotateKey(
    @Input() { params }: InputOf<typeof operations.rotateSubaccountKey>,
    @Caller() caller: AgencyCaller,
  ): Promise<AnswerOf<typeof operations.rotateSubaccountKey>> {
    const of = { agencyId: caller.agencyId, subaccountId: params.id };
    const { apiKey, keyPrefix } = await this.services.ask(tenancyCalls.rotateSubaccountKey, of, caller);
    return { id: params.id, api_key: apiKey, key_prefix: keyPrefix };
  }

  @Endpoint(operations.suspendSubaccount)
  async suspend(
    @Input() { params }: InputOf<typeof operations.suspendSubaccount>,
    @Caller() caller: AgencyCaller,
  ): Promise<AnswerOf<typeof operations.suspendSubaccount>> {
    const of = { agencyId: caller.agencyId, subaccountId: params.id, reason: 'agency_request' as const };
    return subaccountBody(await this.services.ask(tenancyCalls.suspendSubaccount, of, caller), caller);
  }

  @Endpoint(operations.reactivateSubaccount)
  async reactivate(
    @Input() { params }: InputOf<typeof operations.reactivateSubaccount>,
    @Caller() caller: AgencyCaller,
  ): Promise<AnswerOf<typeof operations.reactivateSubaccount>> {
    const of = { agencyId: caller.agencyId, subaccountId: params.id, reason: 'agency_request' as const };
    return subaccountBody(await this.services.ask(tenancyCalls.reactivateSubaccount, of, caller), caller);
  }

  @Endpoint(operations.closeSubaccount)
  async close(
    @Input() { params }: InputOf<typeof operations.closeSubaccount>,
    @Caller() caller: AgencyCaller,
  ): Promise<void> {
    const of = { agencyId: caller.agencyId, subaccountId: params.id };
    await this.services.ask(tenancyCalls.closeSubaccount, of, caller);
  }

  @Endpoint(operations.subaccountHistory)
  async history(
    @Input() { params, query }: InputOf<typeof operations.subaccountHistory>,
    @Caller() caller: AgencyCaller,
  ): Promise<AnswerOf<typeof operations.subaccountHistory>> {
    const { data, nextCursor } = await this.services.ask(
      tenancyCalls.subaccountHistory,
      { agencyId: caller.agencyId, subaccountId: params.id, ...query },
      caller,
    );
    return { data: data.map(auditBody), next_cursor: nextCursor };
  }
}
