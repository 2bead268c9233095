import { Controller, Inject, Req } from '@nestjs/common';
import {
  type AgencyView,
  type AnswerOf,
  type InputOf,
  limitsFor,
  operatorOperations as operations,
  tenancyCalls,
} from '@claw/contracts';
import { agencyBody, overridesOf } from '../agency/agency.bodies';
import { API_CONFIG, type ApiConfig } from '../config';
import type { ApiRequest, OperatorCaller } from '../http/api-request';
import { Endpoint } from '../http/endpoint.decorator';
import { Caller, Input } from '../http/input.decorator';
import { ProblemError } from '../http/problem.error';
import { Services } from '../http/services';
import { wishNameOf } from '../idempotency/idempotency-key';

/** What an operator does with agencies and the pool of sending numbers. */
@Controller()
export class OperatorController {
  constructor(
    private readonly services: Services,
    @Inject(API_CONFIG) private readonly config: ApiConfig,
  ) {}

  @Endpoint(operations.registerAgency)
  async register(
    @Input() { body }: InputOf<typeof operations.registerAgency>,
    @Caller() caller: OperatorCaller,
    @Req() request: ApiRequest,
  ): Promise<AnswerOf<typeof operations.registerAgency>> {
    const wish = { ...body, ...wishNameOf(request) };
    const { agency, apiKey, keyPrefix } = await this.services.ask(tenancyCalls.registerAgency, wish, caller);
    if (agency.sendingNumber === null)
      throw new ProblemError('internal', 'The agency has no sending number.');
    return {
      agency_id: agency.agencyId,
      name: agency.name,
      email: agency.email,
      ...(apiKey === null ? {} : { api_key: apiKey }),
      key_prefix: keyPrefix,
      sending_number: agency.sendingNumber,
    };
  }

  @Endpoint(operations.listAgencies)
  async list(
    @Input() { query }: InputOf<typeof operations.listAgencies>,
    @Caller() caller: OperatorCaller,
  ): Promise<AnswerOf<typeof operations.listAgencies>> {
    const { data, nextCursor } = await this.services.ask(tenancyCalls.listAgencies, query, caller);
    return { data: data.map((agency) => this.rowOf(agency)), next_cursor: nextCursor };
  }

  @Endpoint(operations.changeAgencyLimits)
  async changeLimits(
    @Input() { params, body }: InputOf<typeof operations.changeAgencyLimits>,
    @Caller() caller: OperatorCaller,
  ): Promise<AnswerOf<typeof operations.changeAgencyLimits>> {
    const wish = { agencyId: params.id, limits: overridesOf(body.limits) };
    return this.rowOf(await this.services.ask(tenancyCalls.changeAgencyLimits, wish, caller));
  }

  @Endpoint(operations.suspendAgency)
  async suspend(
    @Input() { params }: InputOf<typeof operations.suspendAgency>,
    @Caller() caller: OperatorCaller,
  ): Promise<AnswerOf<typeof operations.suspendAgency>> {
    const wish = { agencyId: params.id, reason: 'operator' as const };
    return this.rowOf(await this.services.ask(tenancyCalls.suspendAgency, wish, caller));
  }

  @Endpoint(operations.reactivateAgency)
  async reactivate(
    @Input() { params }: InputOf<typeof operations.reactivateAgency>,
    @Caller() caller: OperatorCaller,
  ): Promise<AnswerOf<typeof operations.reactivateAgency>> {
    const wish = { agencyId: params.id, reason: 'operator' as const };
    return this.rowOf(await this.services.ask(tenancyCalls.reactivateAgency, wish, caller));
  }

  @Endpoint(operations.addSendingNumbers)
  addNumbers(
    @Input() { body }: InputOf<typeof operations.addSendingNumbers>,
    @Caller() caller: OperatorCaller,
  ): Promise<AnswerOf<typeof operations.addSendingNumbers>> {
    return this.services.ask(tenancyCalls.addSendingNumbers, { phoneNumbers: body.phone_numbers }, caller);
  }

  private rowOf(agency: AgencyView) {
    return agencyBody(agency, limitsFor(this.config.LIMITS, agency.limits));
  }
}
