import { Controller, Res } from '@nestjs/common';
import {
  agencyOperations as operations,
  type AgencyView,
  type AnswerOf,
  type InputOf,
  routingCalls,
  tenancyCalls,
} from '@claw/contracts';
import { instant, monthOf } from '@claw/kernel';
import type { FastifyReply } from 'fastify';
import type { AgencyCaller } from '../http/api-request';
import { Endpoint } from '../http/endpoint.decorator';
import { Caller, Input } from '../http/input.decorator';
import { Services } from '../http/services';
import { agencyBody, auditBody } from './agency.bodies';
import { UsageReport } from './usage.report';

/** The agency's own account. */
@Controller()
export class AgencyController {
  constructor(
    private readonly services: Services,
    private readonly report: UsageReport,
  ) {}

  @Endpoint(operations.getAgency)
  async get(@Caller() caller: AgencyCaller): Promise<AnswerOf<typeof operations.getAgency>> {
    const agency = await this.services.ask(tenancyCalls.getAgency, { agencyId: caller.agencyId }, caller);
    return this.bodyOf(agency, caller);
  }

  @Endpoint(operations.changeAgency)
  async change(
    @Input() { body }: InputOf<typeof operations.changeAgency>,
    @Caller() caller: AgencyCaller,
  ): Promise<AnswerOf<typeof operations.changeAgency>> {
    const wish = { agencyId: caller.agencyId, helpText: body.help_text };
    return this.bodyOf(await this.services.ask(tenancyCalls.changeHelpText, wish, caller), caller);
  }

  @Endpoint(operations.rotateParentKey)
  async rotateKey(@Caller() caller: AgencyCaller): Promise<AnswerOf<typeof operations.rotateParentKey>> {
    const { agencyId } = caller;
    const { apiKey, keyPrefix } = await this.services.ask(tenancyCalls.rotateParentKey, { agencyId }, caller);
    return { id: agencyId, api_key: apiKey, key_prefix: keyPrefix };
  }

  @Endpoint(operations.agencyUsage)
  async usage(
    @Input() { query }: InputOf<typeof operations.agencyUsage>,
    @Caller() caller: AgencyCaller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AnswerOf<typeof operations.agencyUsage> | string> {
    const month = query.month ?? monthOf(instant(Date.now()));
    const data = await this.report.of(caller, month);
    if (query.format === 'json') return { month, data };
    reply.header('content-type', 'text/csv; charset=utf-8');
    reply.header('content-disposition', `attachment; filename="usage-${month}.csv"`);
    return this.report.csv(data);
  }

  @Endpoint(operations.agencyEvents)
  async events(
    @Input() { query }: InputOf<typeof operations.agencyEvents>,
    @Caller() caller: AgencyCaller,
  ): Promise<AnswerOf<typeof operations.agencyEvents>> {
    const wish = { agencyId: caller.agencyId, after: query.after, limit: query.limit };
    const { data, nextCursor } = await this.services.ask(tenancyCalls.agencyEvents, wish, caller);
    return { data: data.map(auditBody), next_cursor: nextCursor };
  }

  private async bodyOf(
    agency: AgencyView,
    caller: AgencyCaller,
  ): Promise<AnswerOf<typeof operations.getAgency>> {
    const month = monthOf(instant(Date.now()));
    const { rows } = await this.services.ask(
      routingCalls.usage,
      { agencyId: agency.agencyId, month },
      caller,
    );
    const sum = (pick: (row: (typeof rows)[number]) => number) =>
      rows.reduce((all, row) => all + pick(row), 0);
    return {
      ...agencyBody(agency, caller.limits),
      usage: {
        month,
        messages_out: sum((row) => row.messagesOut),
        messages_in: sum((row) => row.messagesIn),
      },
    };
  }
}
