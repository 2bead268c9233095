import {
  type CallContext,
  type CallResult,
  type ClaimOutcome,
  digitsOf,
  type PhoneNumber,
  type routingCalls,
} from '@claw/contracts';
import { type Clock, type Decision, Unavailable } from '@claw/kernel';
import {
  type ClaimRefusal,
  claimPhoneRoute,
  type PhoneRoute,
  type PhoneRouteEvent,
} from '@claw/routing-domain';
import { Inject, Injectable } from '@nestjs/common';
import type { z } from 'zod';
import { AccessDirectory } from '../../access/access-directory';
import { CLOCK } from '../../clock';
import { PhoneRoutes } from '../phone-routes';
import { RouteTable } from '../route-table';

type ClaimRoutes = z.output<typeof routingCalls.claimRoutes.request>;
type Reply = z.output<typeof routingCalls.claimRoutes.reply>;
export type ClaimContext = CallContext & { readonly deadline: number };

/** Claims of one request at the same time. */
const concurrency = 32;
/** What is kept back of the caller's patience to answer in. */
const answerMs = 300;

/** Claims numbers for a subaccount: an outcome for each, in order, whatever becomes of the others. */
@Injectable()
export class ClaimRoutesHandler {
  constructor(
    private readonly access: AccessDirectory,
    private readonly routes: PhoneRoutes,
    private readonly table: RouteTable,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async handle(request: ClaimRoutes, context: ClaimContext): Promise<CallResult<Reply>> {
    const standing = await this.access.standingOf(request.agencyId, request.subaccountId);
    if (standing === undefined || standing === 'closed') {
      return { ok: false, error: { code: 'not_found', detail: 'There is no such subaccount.' } };
    }
    if (standing === 'suspended') {
      const detail = 'The subaccount is suspended; reactivate it to register phone numbers.';
      return { ok: false, error: { code: 'subaccount_suspended', detail } };
    }
    const outcomes = await this.claimAll(request, context);
    return {
      ok: true,
      value: {
        outcomes: request.phoneNumbers.map((number, index) => outcomeAt(outcomes, request, number, index)),
      },
    };
  }

  /**
   * One number after the other would be slow, all at once would overshoot the cap: so as many at the same time as
   * there is room for, counting again after each lot.
   */
  private async claimAll(
    request: ClaimRoutes,
    context: ClaimContext,
  ): Promise<ReadonlyMap<PhoneNumber, ClaimOutcome>> {
    const outcomes = new Map<PhoneNumber, ClaimOutcome>();
    const numbers = [...new Set(request.phoneNumbers)];
    let held = await this.table.count(request.subaccountId);
    while (outcomes.size < numbers.length) {
      const room = request.routeCap - held;
      const lot = numbers.slice(outcomes.size, outcomes.size + Math.min(concurrency, Math.max(1, room)));
      const settled = await Promise.all(lot.map((number) => this.claim(request, number, room <= 0, context)));
      for (const outcome of settled) {
        outcomes.set(outcome.phoneNumber, outcome);
        if (outcome.ok && !outcome.alreadyClaimed) held += 1;
      }
    }
    return outcomes;
  }

  private async claim(
    request: ClaimRoutes,
    phoneNumber: PhoneNumber,
    capReached: boolean,
    context: ClaimContext,
  ): Promise<ClaimOutcome> {
    const refused = (code: Extract<ClaimOutcome, { ok: false }>['code'], detail: string): ClaimOutcome => ({
      ok: false,
      phoneNumber,
      code,
      detail,
    });
    if (Date.now() > context.deadline - answerMs) {
      return refused('unavailable', 'There was no time left for this number; claim it again.');
    }
    try {
      if ((await this.access.agencyOfNumber(digitsOf(phoneNumber))) !== undefined) {
        return refused(
          'invalid_request',
          'This is a sending number; it can’t be registered as a phone route.',
        );
      }
      const decision = await this.decide(request, phoneNumber, capReached, context);
      return decision.accepted
        ? { ok: true, phoneNumber, alreadyClaimed: decision.events.length === 0 }
        : refused(decision.code, decision.detail);
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
      return refused('unavailable', 'The number couldn’t be claimed just now; claim it again.');
    }
  }

  private decide(
    { subaccountId, agencyId }: ClaimRoutes,
    phoneNumber: PhoneNumber,
    capReached: boolean,
    { actor, requestId }: ClaimContext,
  ): Promise<Decision<PhoneRouteEvent, ClaimRefusal>> {
    return this.routes.execute(
      phoneNumber,
      async (route) => {
        const holderClosed = await this.isHolderClosed(route, subaccountId);
        const command = { phoneNumber, subaccountId, agencyId, holderClosed, capReached };
        return claimPhoneRoute(route, command, this.clock.now());
      },
      { actor, requestId },
    );
  }

  private async isHolderClosed({ holding }: PhoneRoute, claimant: string): Promise<boolean> {
    if (holding === undefined || holding.subaccountId === claimant) return false;
    return (await this.access.subaccount(holding.subaccountId))?.status === 'closed';
  }
}

/** A number that was asked for twice in one request was claimed by the first. */
const outcomeAt = (
  outcomes: ReadonlyMap<PhoneNumber, ClaimOutcome>,
  { phoneNumbers }: ClaimRoutes,
  number: PhoneNumber,
  index: number,
): ClaimOutcome => {
  const outcome = outcomes.get(number);
  if (outcome === undefined) throw new Error('a number was left out');
  const again = phoneNumbers.indexOf(number) < index;
  return outcome.ok && again ? { ...outcome, alreadyClaimed: true } : outcome;
};
