import { type AgencyView, type CallResult, tenancyCalls as calls } from '@claw/contracts';
import type { Decision, Instant } from '@claw/kernel';
import { Answers, type AnswerContext } from '@claw/messaging';
import {
  type Agency,
  type AgencyEvent,
  changeAgencyLimits,
  changeHelpText,
  type LimitOverrides,
  reactivateAgency,
  rotateParentKey,
  suspendAgency,
} from '@claw/tenancy-domain';
import { Controller } from '@nestjs/common';
import { answered, type ReplyOf, type RequestOf } from '../calls';
import { issueKey } from '../keys/issue-key';
import { ChangeAgencyHandler } from './change-agency/change-agency.handler';
import { AgencyQueries } from './list-agencies/agency.queries';
import { RegisterAgencyHandler } from './register-agency/register-agency.handler';

/** What other services ask about agencies. */
@Controller()
export class AgenciesController {
  constructor(
    private readonly registering: RegisterAgencyHandler,
    private readonly changes: ChangeAgencyHandler,
    private readonly queries: AgencyQueries,
  ) {}

  @Answers(calls.registerAgency)
  register(request: RequestOf<'registerAgency'>, asked: AnswerContext) {
    return this.registering.handle(request, asked);
  }

  @Answers(calls.listAgencies)
  list(request: RequestOf<'listAgencies'>) {
    return this.queries.list(request);
  }

  @Answers(calls.getAgency)
  get({ agencyId }: RequestOf<'getAgency'>) {
    return this.queries.get(agencyId);
  }

  @Answers(calls.changeHelpText)
  changeHelpText(request: RequestOf<'changeHelpText'>, asked: AnswerContext) {
    return this.change(request, asked, (agency, now) => changeHelpText(agency, request, now));
  }

  @Answers(calls.changeAgencyLimits)
  changeLimits(request: RequestOf<'changeAgencyLimits'>, asked: AnswerContext) {
    const limits = given(request.limits);
    return this.change(request, asked, (agency, now) => changeAgencyLimits(agency, { limits }, now));
  }

  @Answers(calls.rotateParentKey)
  async rotateKey(
    { agencyId }: RequestOf<'rotateParentKey'>,
    asked: AnswerContext,
  ): Promise<CallResult<ReplyOf<'rotateParentKey'>>> {
    const { apiKey, key } = issueKey();
    const rotated = await this.changes.handle(agencyId, asked, (agency, now) =>
      rotateParentKey(agency, { key }, now),
    );
    return rotated.ok ? answered({ apiKey, keyPrefix: key.prefix }) : rotated;
  }

  @Answers(calls.suspendAgency)
  suspend(request: RequestOf<'suspendAgency'>, asked: AnswerContext) {
    return this.change(request, asked, (agency, now) => suspendAgency(agency, request, now));
  }

  @Answers(calls.reactivateAgency)
  reactivate(request: RequestOf<'reactivateAgency'>, asked: AnswerContext) {
    return this.change(request, asked, (agency, now) => reactivateAgency(agency, request, now));
  }

  private async change(
    { agencyId }: { readonly agencyId: string },
    asked: AnswerContext,
    decide: (agency: Agency, now: Instant) => Decision<AgencyEvent, string>,
  ): Promise<CallResult<AgencyView>> {
    const changed = await this.changes.handle(agencyId, asked, decide);
    return changed.ok ? this.queries.get(agencyId) : changed;
  }
}

/** Without the members that say nothing. */
const given = (limits: RequestOf<'changeAgencyLimits'>['limits']): LimitOverrides =>
  Object.fromEntries(
    Object.entries(limits).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
