import { assertNever, backoffMs, epochMs, type Instant } from '@claw/kernel';
import type { CarrierAnswer, CarrierFailure, CarrierReceipt } from './carrier-answer';
import { refusalCode } from './refusal-code';

/** How long after its acceptance something is still tried; what isn't with the carrier by then has failed. */
export const dispatchPatienceMs = 24 * 60 * 60_000;
/** The longest wait that is granted to a carrier's Retry-After. */
export const longestRetryAfterMs = 60 * 60_000;
const firstRetryMs = 500;
const longestRetryMs = 60_000;
const holdMs = { first: 1_000, longest: 30_000 };

export type DispatchFailureCode =
  | ReturnType<typeof refusalCode>
  | 'unavailable'
  | 'route_not_registered'
  | 'recipient_opted_out'
  | 'subaccount_suspended';

/** It won't be done. */
export interface DispatchFailure {
  readonly step: 'fail';
  readonly code: DispatchFailureCode;
  readonly reason: string;
}

/** It is looked at again after `ms`. */
export interface DispatchWait {
  readonly step: 'wait';
  readonly ms: number;
  readonly why: 'busy' | 'unknown' | 'suspended' | 'target';
}

/** What to do next with a message. */
export type DispatchStep = ({ readonly step: 'sent' } & CarrierReceipt) | DispatchWait | DispatchFailure;

/** What is known about a message or a reaction besides what the carrier said. */
export interface DispatchContext {
  readonly what: 'message' | 'reaction';
  /** Attempts made so far, this one included; for one that is held, times it was looked at. */
  readonly attempts: number;
  readonly acceptedAt: Instant;
  readonly now: Instant;
  /** From 0 to 1, so that many who wait together don't return together. */
  readonly random: () => number;
}

export const failed = (code: DispatchFailureCode, reason: string): DispatchFailure => ({
  step: 'fail',
  code,
  reason,
});

const isTooLate = ({ acceptedAt, now }: DispatchContext, waitMs = 0): boolean =>
  epochMs(now) + waitMs >= epochMs(acceptedAt) + dispatchPatienceMs;

const waitOr = (
  context: DispatchContext,
  ms: number,
  why: DispatchWait['why'],
  failure: DispatchFailure,
): DispatchWait | DispatchFailure => (isTooLate(context, ms) ? failure : { step: 'wait', ms, why });

/** The wait before an attempt is made again. */
const backoff = ({ attempts, random }: DispatchContext): number =>
  backoffMs(attempts, firstRetryMs, longestRetryMs, random);

/**
 * What follows from the carrier's answer. An unknown outcome is settled by asking again with the same idempotency
 * key, which the carrier answers with the message it has, so nothing is sent twice.
 */
export const afterAnswer = (answer: CarrierAnswer, context: DispatchContext): DispatchStep => {
  if (answer.kind !== 'accepted') return afterFailure(answer, context);
  const { carrierMessageId, carrierChatId, service } = answer;
  return { step: 'sent', carrierMessageId, carrierChatId, service };
};

/** Looks again later at what became of an attempt, however late it is. */
export const waitUnknown = (context: DispatchContext): DispatchWait => ({
  step: 'wait',
  ms: backoff(context),
  why: 'unknown',
});

/** What follows where the carrier didn't do it, or may not have. */
export const afterFailure = (
  answer: CarrierFailure,
  context: DispatchContext,
): DispatchWait | DispatchFailure => {
  switch (answer.kind) {
    case 'refused':
      return failed(refusalCode(answer.carrierCode), answer.reason);
    case 'busy':
      return waitOr(
        context,
        Math.max(backoff(context), Math.min(answer.retryAfterMs ?? 0, longestRetryAfterMs)),
        'busy',
        failed('unavailable', `The carrier did not take the ${context.what} within 24 hours.`),
      );
    case 'unknown':
      return waitOr(
        context,
        backoff(context),
        'unknown',
        failed('unavailable', `The carrier did not confirm the ${context.what} within 24 hours.`),
      );
    default:
      return assertNever(answer);
  }
};

/** What is true of a message's sender and recipients just before it is sent. */
export interface PreSendFacts {
  /** Whether the claim that allowed it still holds; of a group, whether anybody in it is still the subaccount's. */
  readonly routeHeld: boolean;
  /** Whether any recipient has opted out. */
  readonly optedOut: boolean;
  /** Whether the subaccount or its agency is suspended. */
  readonly suspended: boolean;
}

/** Looks again just before sending: undefined means go. */
export const beforeSend = (
  facts: PreSendFacts,
  context: DispatchContext,
): DispatchWait | DispatchFailure | undefined => {
  const { what } = context;
  if (!facts.routeHeld) {
    return failed('route_not_registered', `The phone number was released before the ${what} could be sent.`);
  }
  if (facts.optedOut) {
    return failed('recipient_opted_out', `The recipient opted out before the ${what} could be sent.`);
  }
  if (facts.suspended) {
    return waitOr(
      context,
      backoffMs(context.attempts, holdMs.first, holdMs.longest, context.random),
      'suspended',
      failed('subaccount_suspended', 'The subaccount stayed suspended for 24 hours.'),
    );
  }
  return inTime(context);
};

/** Undefined while it may still be sent. */
export const inTime = (context: DispatchContext): DispatchFailure | undefined =>
  isTooLate(context)
    ? failed('unavailable', `The ${context.what} could not be sent within 24 hours.`)
    : undefined;

/** Waits for a message that this one refers to. */
export const awaitTarget = (context: DispatchContext): DispatchWait | DispatchFailure =>
  waitOr(
    context,
    backoff(context),
    'target',
    failed('unavailable', 'The message it belongs to could not be sent within 24 hours.'),
  );
