import { type CallResult, tenancyCalls as calls } from '@claw/contracts';
import { Answers, type AnswerContext } from '@claw/messaging';
import {
  changeSubaccount,
  closeSubaccount,
  reactivateSubaccount,
  rotateSubaccountKey,
  suspendSubaccount,
  type SuspensionReason,
} from '@claw/tenancy-domain';
import { Controller } from '@nestjs/common';
import { answered, type ReplyOf, type RequestOf } from '../calls';
import { issueKey } from '../keys/issue-key';
import { ChangeSubaccountHandler, type OnBehalfOf } from './change-subaccount/change-subaccount.handler';
import { SubaccountQueries } from './list-subaccounts/subaccount.queries';
import { ProvisionSubaccountHandler } from './provision-subaccount/provision-subaccount.handler';
import { subaccountView } from './subaccount-view';

/** What other services ask about subaccounts. */
@Controller()
export class SubaccountsController {
  constructor(
    private readonly provisioning: ProvisionSubaccountHandler,
    private readonly changes: ChangeSubaccountHandler,
    private readonly queries: SubaccountQueries,
  ) {}

  @Answers(calls.provisionSubaccount)
  provision(request: RequestOf<'provisionSubaccount'>, asked: AnswerContext) {
    return this.provisioning.handle(request, asked);
  }

  @Answers(calls.listSubaccounts)
  list(request: RequestOf<'listSubaccounts'>) {
    return this.queries.list(request);
  }

  @Answers(calls.getSubaccount)
  get(request: RequestOf<'getSubaccount'>) {
    return this.queries.get(request);
  }

  @Answers(calls.changeSubaccount)
  async change(request: RequestOf<'changeSubaccount'>, asked: AnswerContext) {
    const changed = await this.changes.handle(request, asked, (subaccount, now) =>
      changeSubaccount(subaccount, request, now),
    );
    return mapped(changed, subaccountView);
  }

  @Answers(calls.rotateSubaccountKey)
  async rotateKey(
    request: RequestOf<'rotateSubaccountKey'>,
    asked: AnswerContext,
  ): Promise<CallResult<ReplyOf<'rotateSubaccountKey'>>> {
    const { apiKey, key } = issueKey();
    const rotated = await this.changes.handle(request, asked, (subaccount, now) =>
      rotateSubaccountKey(subaccount, { key }, now),
    );
    return mapped(rotated, () => ({ apiKey, keyPrefix: key.prefix }));
  }

  @Answers(calls.suspendSubaccount)
  async suspend(request: RequestOf<'suspendSubaccount'>, asked: AnswerContext) {
    const suspended = await this.changes.handle(
      request,
      asked,
      (subaccount, now) => suspendSubaccount(subaccount, request, now),
      whose(request.reason),
    );
    return mapped(suspended, subaccountView);
  }

  @Answers(calls.reactivateSubaccount)
  async reactivate(request: RequestOf<'reactivateSubaccount'>, asked: AnswerContext) {
    const reactivated = await this.changes.handle(
      request,
      asked,
      (subaccount, now) => reactivateSubaccount(subaccount, request, now),
      whose(request.reason),
    );
    return mapped(reactivated, subaccountView);
  }

  @Answers(calls.closeSubaccount)
  async close(request: RequestOf<'closeSubaccount'>, asked: AnswerContext) {
    return mapped(await this.changes.handle(request, asked, closeSubaccount), () => ({}));
  }
}

const whose = (reason: SuspensionReason): OnBehalfOf => (reason === 'agency_request' ? 'agency' : 'platform');

const mapped = <From, To>(result: CallResult<From>, map: (value: From) => To): CallResult<To> =>
  result.ok ? answered(map(result.value)) : result;
