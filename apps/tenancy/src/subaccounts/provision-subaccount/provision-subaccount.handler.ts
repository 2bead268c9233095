import { type AgencyEntry, type CallResult, eventStreams } from '@claw/contracts';
import type { Executed } from '@claw/event-store';
import { type Instant, systemClock, Unavailable } from '@claw/kernel';
import type { AnswerContext } from '@claw/messaging';
import {
  isNameSpent,
  provisionSubaccount,
  type Subaccount,
  type SubaccountEvent,
  subaccountIdFor,
  type SubaccountNaming,
} from '@claw/tenancy-domain';
import { Injectable } from '@nestjs/common';
import { AccessDirectory } from '../../access/access-directory';
import { AgencyStanding } from '../../access/agency-standing';
import { answered, metadataOf, notFound, refused, type ReplyOf, type RequestOf } from '../../calls';
import { issueKey } from '../../keys/issue-key';
import { Aggregates } from '../../log/aggregates';
import { newestGeneration } from '../../log/newest-generation';
import { Projector } from '../../projection/projector';
import { subaccountView } from '../subaccount-view';

type Request = RequestOf<'provisionSubaccount'>;
type Attempt = Executed<
  Subaccount | undefined,
  SubaccountEvent,
  'payment_required' | 'subaccount_limit_reached'
>;

/** Generations come to an end one at a time: who loses this often against others is better told so. */
const maxGenerationsTried = 5;

/** Makes a subaccount, or finds the one that the same external id or idempotency key has made. */
@Injectable()
export class ProvisionSubaccountHandler {
  constructor(
    private readonly aggregates: Aggregates,
    private readonly standing: AgencyStanding,
    private readonly directory: AccessDirectory,
    private readonly projector: Projector,
  ) {}

  /** `apiKey` only where this very call made the subaccount. Throws `Unavailable`. */
  async handle(request: Request, asked: AnswerContext): Promise<CallResult<ReplyOf<'provisionSubaccount'>>> {
    const agency = await this.standing.of(request.agencyId);
    if (!agency) return notFound('agency');
    const { apiKey, key } = issueKey();
    const naming = namingOf(request);
    const now = systemClock.now();
    const attempt = (generation: number) =>
      this.attempt(request, asked, agency, { generation, key, now, id: subaccountIdFor(naming, generation) });

    let generation = 1;
    for (let tried = 0; tried < maxGenerationsTried; tried += 1) {
      const { decision, state, appended } = await attempt(generation);
      if (!decision.accepted) return refused(decision);
      if (!state) throw new Error('an accepted provisioning left no subaccount');
      if (appended.length > 0 || !isNameSpent(state, now)) {
        await this.projector.project({ kind: 'subaccount', state }, appended, metadataOf(asked));
        const created = appended.length > 0;
        return answered({ subaccount: subaccountView(state), apiKey: created ? apiKey : null });
      }
      const newest = await newestGeneration({ generation, state }, (each) =>
        this.aggregates.subaccount(subaccountIdFor(naming, each)),
      );
      generation = isNameSpent(newest.state, now) ? newest.generation + 1 : newest.generation;
    }
    throw new Unavailable('subaccounts');
  }

  private attempt(
    request: Request,
    asked: AnswerContext,
    agency: AgencyEntry,
    made: {
      readonly id: string;
      readonly generation: number;
      readonly key: ReturnType<typeof issueKey>['key'];
      readonly now: Instant;
    },
  ): Promise<Attempt> {
    const { agencyId, subaccountCap, name, email, externalId, messageLimit } = request;
    const openSubaccounts = this.directory.openSubaccounts(agencyId);
    const { status, sendingNumber } = agency;
    const command = {
      subaccountId: made.id,
      agency: { agencyId, status, sendingNumber, openSubaccounts },
      subaccountCap,
      name,
      email,
      externalId,
      generation: made.generation,
      messageLimit,
      key: made.key,
    };
    return this.aggregates.subaccounts.execute(
      eventStreams.subaccount(made.id),
      (existing) => provisionSubaccount(existing, command, made.now),
      metadataOf(asked),
      // At the cap a repeat is still to be found before anything is refused.
      { assumeNew: openSubaccounts < subaccountCap },
    );
  }
}

const namingOf = ({ agencyId, externalId, idempotencyKey }: Request): SubaccountNaming => ({
  agencyId,
  externalId,
  idempotencyKey,
});
