import { type CallResult, tenancyCalls as calls } from '@claw/contracts';
import { Answers, type AnswerContext } from '@claw/messaging';
import { Controller } from '@nestjs/common';
import { AgencyActivation } from '../agencies/register-agency/agency-activation';
import { answered, metadataOf, type ReplyOf, type RequestOf } from '../calls';
import { NumberPool } from '../tables/number-pool';

/** What other services ask about sending numbers. */
@Controller()
export class NumbersController {
  constructor(
    private readonly pool: NumberPool,
    private readonly activation: AgencyActivation,
  ) {}

  /** Agencies that were registered and waited for a number get theirs first. */
  @Answers(calls.addSendingNumbers)
  async add(
    { phoneNumbers }: RequestOf<'addSendingNumbers'>,
    asked: AnswerContext,
  ): Promise<CallResult<ReplyOf<'addSendingNumbers'>>> {
    const added = await this.pool.add(phoneNumbers);
    const waiting = await this.pool.waitingAgencies();
    for (const agencyId of waiting) await this.activation.complete(agencyId, metadataOf(asked));
    return answered(added);
  }
}
