import { Injectable } from '@nestjs/common';
import { type ClaimOutcome, parsePhoneNumber, type PhoneNumber, routingCalls } from '@claw/contracts';
import type { AgencyCaller, SubaccountCaller } from '../http/api-request';
import { ProblemError } from '../http/problem.error';
import { Services } from '../http/services';

type RouteCaller = AgencyCaller | SubaccountCaller;

/** Whose routes: a subaccount that the caller has been found to own or be. */
export interface RouteOwner {
  readonly agencyId: string;
  readonly subaccountId: string;
}

export interface ClaimRow {
  readonly phone_number: string;
  readonly ok: boolean;
  readonly already_claimed?: boolean;
  readonly error?: string;
  readonly detail?: string;
}

/** Phone routes as both kinds of key handle them. */
@Injectable()
export class PhoneRoutes {
  constructor(private readonly services: Services) {}

  /** Claims one number; a refusal is a problem. */
  async claim(owner: RouteOwner, phoneNumber: PhoneNumber, caller: RouteCaller) {
    const [outcome] = await this.ask(owner, [phoneNumber], caller);
    if (outcome?.ok !== true) {
      throw new ProblemError(
        outcome?.code ?? 'unavailable',
        outcome?.detail ?? 'The claim was not answered.',
        outcome?.code === 'invalid_request'
          ? { errors: [{ field: 'phone_number', message: outcome.detail }] }
          : {},
      );
    }
    return {
      ok: true as const,
      phone_number: outcome.phoneNumber,
      already_claimed: outcome.alreadyClaimed,
    };
  }

  /** Claims many; a row each in the order given, and one that can't be had doesn't hinder the others. */
  async claimMany(owner: RouteOwner, texts: readonly string[], caller: RouteCaller): Promise<ClaimRow[]> {
    const numbers = texts.map(parsePhoneNumber);
    const valid = numbers.filter((number) => number !== undefined);
    const outcomes = valid.length === 0 ? [] : await this.ask(owner, valid, caller);
    let next = 0;
    return numbers.map((number, index) =>
      number === undefined ? invalidRow(texts[index] ?? '') : rowOf(number, outcomes[next++]),
    );
  }

  async list(owner: RouteOwner, page: { limit: number; cursor?: string | undefined }, caller: RouteCaller) {
    const { data, nextCursor } = await this.services.ask(
      routingCalls.listRoutes,
      { ...owner, ...page },
      caller,
    );
    return {
      data: data.map(({ phoneNumber, claimedAt }) => ({ phone_number: phoneNumber, claimed_at: claimedAt })),
      next_cursor: nextCursor,
    };
  }

  async release(owner: RouteOwner, phoneNumber: PhoneNumber, caller: RouteCaller): Promise<void> {
    await this.services.ask(routingCalls.releaseRoute, { ...owner, phoneNumber }, caller);
  }

  private async ask(owner: RouteOwner, phoneNumbers: PhoneNumber[], caller: RouteCaller) {
    const routeCap = caller.limits.routesPerSubaccount;
    const wish = { ...owner, phoneNumbers, routeCap };
    return (await this.services.ask(routingCalls.claimRoutes, wish, caller)).outcomes;
  }
}

const invalidRow = (text: string): ClaimRow => ({
  phone_number: text,
  ok: false,
  error: 'invalid_request',
  detail: 'must be a phone number in E.164 form, like +15551234567',
});

const rowOf = (number: PhoneNumber, outcome: ClaimOutcome | undefined): ClaimRow => {
  if (outcome === undefined) {
    return { phone_number: number, ok: false, error: 'unavailable', detail: 'The claim was not answered.' };
  }
  return outcome.ok
    ? { phone_number: number, ok: true, already_claimed: outcome.alreadyClaimed }
    : { phone_number: number, ok: false, error: outcome.code, detail: outcome.detail };
};
