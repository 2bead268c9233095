import { type CallResult, eventStreams } from '@claw/contracts';
import { systemClock, Unavailable } from '@claw/kernel';
import type { AnswerContext } from '@claw/messaging';
import { type Agency, agencyIdFor, isForgotten, registerAgency } from '@claw/tenancy-domain';
import { Injectable } from '@nestjs/common';
import { answered, metadataOf, type ReplyOf, type RequestOf } from '../../calls';
import { issueKey } from '../../keys/issue-key';
import { Aggregates } from '../../log/aggregates';
import { newestGeneration } from '../../log/newest-generation';
import { Projector } from '../../projection/projector';
import { AgencyQueries } from '../list-agencies/agency.queries';
import { AgencyActivation } from './agency-activation';
import { FreeNumbers } from './free-numbers';

/** Makes an active agency for an operator: no invitation, no card. */
@Injectable()
export class RegisterAgencyHandler {
  constructor(
    private readonly aggregates: Aggregates,
    private readonly numbers: FreeNumbers,
    private readonly projector: Projector,
    private readonly activation: AgencyActivation,
    private readonly queries: AgencyQueries,
  ) {}

  /** `apiKey` only where this very call made the agency. Throws `Unavailable`. */
  async handle(
    request: RequestOf<'registerAgency'>,
    asked: AnswerContext,
  ): Promise<CallResult<ReplyOf<'registerAgency'>>> {
    const agencyId = await this.idFor(request.idempotencyKey);
    // Before anything is written: an agency that can't get a number isn't begun.
    if ((await this.numbers.reserve(agencyId)) === undefined) return noSendingNumber;

    const { apiKey, key } = issueKey();
    const { name, email } = request;
    const metadata = metadataOf(asked);
    const { state, appended } = await this.aggregates.agencies.execute(
      eventStreams.agency(agencyId),
      (agency) =>
        registerAgency(agency, { agencyId, name, email, cardRequired: false, key }, systemClock.now()),
      metadata,
      { assumeNew: true },
    );
    if (!state?.key) throw new Error('a registered agency has no key');
    await this.projector.project({ kind: 'agency', state }, appended, metadata);
    if (!(await this.activation.complete(agencyId, metadata))) {
      throw new Unavailable('sending numbers', true);
    }
    const view = await this.queries.get(agencyId);
    if (!view.ok) return view;
    return answered({
      agency: view.value,
      apiKey: appended.length > 0 ? apiKey : null,
      keyPrefix: state.key.prefix,
    });
  }

  /** The id of what the same idempotency key has made within a day, else a new one. */
  private async idFor(idempotencyKey: string | undefined): Promise<string> {
    const idOf = (generation: number) => agencyIdFor({ idempotencyKey, generation });
    if (idempotencyKey === undefined) return idOf(1);
    const first = await this.aggregates.agency(idOf(1));
    if (!first) return idOf(1);
    const newest = await newestGeneration<Agency>({ generation: 1, state: first }, (generation) =>
      this.aggregates.agency(idOf(generation)),
    );
    const forgotten = isForgotten(newest.state.registeredAt, systemClock.now());
    return idOf(forgotten ? newest.generation + 1 : newest.generation);
  }
}

const noSendingNumber: CallResult<never> = {
  ok: false,
  error: {
    code: 'no_sending_number',
    detail: 'No sending number is free: add numbers to the pool first.',
  },
};
