import { type CallResult, eventStreams } from '@claw/contracts';
import { type Decision, type Instant, refuse, systemClock } from '@claw/kernel';
import type { AnswerContext } from '@claw/messaging';
import type { Agency, AgencyEvent } from '@claw/tenancy-domain';
import { Injectable } from '@nestjs/common';
import { answered, metadataOf, notFound, refused } from '../../calls';
import { Aggregates } from '../../log/aggregates';
import { Projector } from '../../projection/projector';

/** Carries out what a decider says about an agency. */
@Injectable()
export class ChangeAgencyHandler {
  constructor(
    private readonly aggregates: Aggregates,
    private readonly projector: Projector,
  ) {}

  /** The agency as it is then; by the answer every query and every check of a key sees it. Throws `Unavailable`. */
  async handle(
    agencyId: string,
    asked: AnswerContext,
    decide: (agency: Agency, now: Instant) => Decision<AgencyEvent, string>,
  ): Promise<CallResult<Agency>> {
    const now = systemClock.now();
    const { decision, state, appended } = await this.aggregates.agencies.execute<string>(
      eventStreams.agency(agencyId),
      (agency) => (agency ? decide(agency, now) : refuse('not_found', 'never registered')),
      metadataOf(asked),
    );
    if (!decision.accepted) return decision.code === 'not_found' ? notFound('agency') : refused(decision);
    if (!state) throw new Error('an accepted change left no agency');
    await this.projector.project({ kind: 'agency', state }, appended, metadataOf(asked));
    return answered(state);
  }
}
