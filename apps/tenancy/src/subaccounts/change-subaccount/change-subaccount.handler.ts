import { type CallResult, eventStreams } from '@claw/contracts';
import { type Decision, type Instant, refuse, systemClock } from '@claw/kernel';
import type { AnswerContext } from '@claw/messaging';
import { refuseUnlessActive, type Subaccount, type SubaccountEvent } from '@claw/tenancy-domain';
import { Injectable } from '@nestjs/common';
import { AgencyStanding } from '../../access/agency-standing';
import { answered, metadataOf, notFound, refused } from '../../calls';
import { Aggregates } from '../../log/aggregates';
import { Projector } from '../../projection/projector';

export interface Target {
  readonly agencyId: string;
  readonly subaccountId: string;
}

/** The agency's own wishes need an active agency; what an operator or billing does, doesn't. */
export type OnBehalfOf = 'agency' | 'platform';

/** Carries out what a decider says about one of an agency's subaccounts. */
@Injectable()
export class ChangeSubaccountHandler {
  constructor(
    private readonly aggregates: Aggregates,
    private readonly standing: AgencyStanding,
    private readonly projector: Projector,
  ) {}

  /** The subaccount as it is then; by the answer every query and every check of a key sees it. Throws `Unavailable`. */
  async handle(
    { agencyId, subaccountId }: Target,
    asked: AnswerContext,
    decide: (subaccount: Subaccount, now: Instant) => Decision<SubaccountEvent, string>,
    onBehalfOf: OnBehalfOf = 'agency',
  ): Promise<CallResult<Subaccount>> {
    const agency = await this.standing.of(agencyId);
    if (!agency) return notFound('agency');
    const refusal = onBehalfOf === 'agency' ? refuseUnlessActive(agency.status) : undefined;
    if (refusal) return refused(refusal);

    const now = systemClock.now();
    const { decision, state, appended } = await this.aggregates.subaccounts.execute<string>(
      eventStreams.subaccount(subaccountId),
      (subaccount) =>
        subaccount?.agencyId === agencyId ? decide(subaccount, now) : refuse('not_found', 'not its own'),
      metadataOf(asked),
    );
    if (!decision.accepted) return decision.code === 'not_found' ? notFound('subaccount') : refused(decision);
    if (!state) throw new Error('an accepted change left no subaccount');
    await this.projector.project({ kind: 'subaccount', state }, appended, metadataOf(asked));
    return answered(state);
  }
}
